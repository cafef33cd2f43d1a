/** Reads variables and collects what is wrong with them, so that one start reports all of it. */
export class Environment {
  readonly problems: string[] = [];

  constructor(private readonly variables: Readonly<Record<string, string | undefined>>) {}

  /** The trimmed value; an empty one counts as unset, as OpenTelemetry has it. */
  text(name: string): string | undefined {
    const value = this.variables[name]?.trim();
    return value === '' ? undefined : value;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    const known = allowed.find((one) => one === value);
    return value === undefined || known !== undefined
      ? known
      : this.refuse(name, value, `one of ${allowed.join(', ')}`);
  }

  /** True and false in any case. */
  flag(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    return value === undefined || value === 'true' || value === 'false'
      ? value && value === 'true'
      : this.refuse(name, this.text(name), 'true or false');
  }

  httpUrl(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined) {
      return undefined;
    }
    const protocol = URL.canParse(value) ? new URL(value).protocol : undefined;
    return protocol === 'http:' || protocol === 'https:'
      ? value
      : this.refuse(name, value, 'an http:// or https:// URL');
  }

  /** A number from 0 to 1. */
  ratio(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) {
      return undefined;
    }
    const ratio = Number(value);
    return ratio >= 0 && ratio <= 1 ? ratio : this.refuse(name, value, 'a number from 0 to 1');
  }

  /** `key=value,key=value`, percent-encoded. */
  pairs(name: string): Record<string, string> {
    const value = this.text(name);
    const pairs: Record<string, string> = {};
    for (const pair of value?.split(',').filter((one) => one.trim() !== '') ?? []) {
      const [key, text, ...rest] = pair.split('=').map(decoded);
      if (!key || text === undefined || rest.length > 0) {
        this.refuse(
          name,
          value,
          'key=value pairs with commas between them, any other = and , percent-encoded',
        );
        break;
      }
      pairs[key] = text;
    }
    return pairs;
  }

  private refuse(name: string, value: string | undefined, allowed: string): undefined {
    this.problems.push(`${name} is "${value}", but must be ${allowed}.`);
    return undefined;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
