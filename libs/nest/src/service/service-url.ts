import { SettingError } from '../errors.ts';

/**
 * The address of a service in an environment variable; undefined when that is not set. A user and a password in it
 * are refused: no request would be sent.
 * @throws SettingError
 */
export function serviceUrl(name: string, variables: NodeJS.ProcessEnv): string | undefined {
  const value = variables[name]?.trim() || undefined;
  if (value === undefined) return undefined;
  const url = URL.parse(value);
  if (url?.username || url?.password) {
    throw new SettingError([`${name} has a user or a password in it, which no request is sent with.`]);
  }
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return value;
  throw new SettingError([`${name} is "${value}", but must be an http:// or https:// URL.`]);
}
