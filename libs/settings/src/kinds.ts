/** How a variable's text becomes a value. */
export interface Kind<T> {
  /** What is allowed, as it ends the sentence “… must be”. */
  readonly allowed: string;
  /** Undefined for a text that is not allowed; or throws, where a sentence of its own says more. */
  readonly read: (text: string) => T | undefined;
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** Any text. */
export const text: Kind<string> = { allowed: 'text', read: (value) => value };

/** True or false, in any case. */
export const flag: Kind<boolean> = {
  allowed: 'true or false',
  read: (value) => FLAGS.get(value.toLowerCase()),
};

/** A number from 0 to 1. */
export const ratio: Kind<number> = {
  allowed: 'a number from 0 to 1',
  read: (value) => (Number(value) >= 0 && Number(value) <= 1 ? Number(value) : undefined),
};

/** An address that requests or links are made of. */
export const httpUrl: Kind<string> = {
  allowed: 'an http:// or https:// URL',
  read: (value) => (/^https?:$/.test(URL.parse(value)?.protocol ?? '') ? value : undefined),
};

/** The address of a service. A user and a password in it are refused: no request would be sent. */
export const serviceUrl: Kind<string> = {
  allowed: 'an http:// or https:// URL without user and password',
  read: (value) => {
    const url = URL.parse(value);
    return url?.username || url?.password ? undefined : httpUrl.read(value);
  },
};

/** A database of PostgreSQL. */
export const postgresUrl: Kind<string> = {
  allowed: 'an address such as postgres://user:password@host:5432/database',
  read: (value) => (/^postgres(ql)?:\/\/\S+$/.test(value) ? value : undefined),
};

/** `key=value,key=value`, percent-encoded, as OpenTelemetry has it. */
export const pairs: Kind<Readonly<Record<string, string>>> = {
  allowed: 'key=value pairs with commas between them, any other = and , percent-encoded',
  read: (value) => {
    const pairs = value
      .split(',')
      .filter((pair) => pair.trim() !== '')
      .map((pair) => pair.split('=').map(decoded));
    const wrong = pairs.some(([key, said, ...rest]) => !key || said === undefined || rest.length > 0);
    return wrong ? undefined : Object.fromEntries(pairs);
  },
};

/** A whole number. `of` is its unit, as it follows “a whole number”: `of ms`. */
export function whole(least: number, most: number, of?: string): Kind<number> {
  const unit = of === undefined ? '' : ` ${of}`;
  return {
    allowed: `a whole number${unit} from ${least} to ${most}`,
    read: (value) => {
      const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
      return number >= least && number <= most ? number : undefined;
    },
  };
}

/** One of some words. */
export function oneOf<const T extends string>(...words: readonly T[]): Kind<T> {
  return {
    allowed: `one of ${words.join(', ')}`,
    read: (value) => words.find((word) => word === value),
  };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part.trim());
  } catch {
    return undefined;
  }
}
