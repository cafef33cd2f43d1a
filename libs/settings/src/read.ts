import { SettingError } from './errors.ts';
import { readSecretFile } from './secret-file.ts';
import type { Environment, Table, Values, Variable } from './variable.ts';

/**
 * What the environment says of each variable of a table, else its default.
 * @throws SettingError with a sentence for every variable that is wrong; no secret is in it
 */
export function readVariables<const T extends Table>(table: T, environment: Environment): Values<T> {
  const problems: string[] = [];
  const values = Object.entries(table).map(([key, variable]) => {
    try {
      return [key, settingOf(variable, environment)];
    } catch (error) {
      problems.push((error as Error).message);
      return [key, undefined];
    }
  });
  if (problems.length > 0) throw new SettingError(problems);
  return Object.fromEntries(values);
}

/** Whether the environment says anything of a variable, itself or by a file. */
export function isSet({ name, secret = false }: Variable<unknown>, environment: Environment): boolean {
  return said(name, environment) !== undefined || (secret && said(fileOf(name), environment) !== undefined);
}

/** @throws Error with the sentence against it */
function settingOf<T>(variable: Variable<T>, environment: Environment): T | undefined {
  const { name, kind, secret = false } = variable;
  const text = secret ? secretText(name, environment) : said(name, environment);
  if (text === undefined) return variable.default;
  const value = readAs(variable, text);
  if (value !== undefined) return value;
  throw new Error(
    secret ? `${name} must be ${kind.allowed}.` : `${name} is "${shown(text)}", but must be ${kind.allowed}.`,
  );
}

function readAs<T>({ name, kind }: Variable<T>, text: string): T | undefined {
  try {
    return kind.read(text);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`);
  }
}

/** Of both at once one is old, and nobody can tell which. */
function secretText(name: string, environment: Environment): string | undefined {
  const value = said(name, environment);
  const file = said(fileOf(name), environment);
  if (file === undefined) return value;
  if (value === undefined) return readSecretFile(fileOf(name), file);
  throw new Error(`${name} and ${fileOf(name)} are both set: leave one of them out.`);
}

function said(name: string, environment: Environment): string | undefined {
  return environment[name]?.trim() || undefined;
}

function fileOf(name: string): string {
  return `${name}_FILE`;
}

/** Logs keep what is told at a start: the user and the password of an address are left out. */
function shown(text: string): string {
  return text.replace(/^(.*\/\/)?.*@/, '$1…@');
}
