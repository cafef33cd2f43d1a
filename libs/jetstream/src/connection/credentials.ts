import { closeSync, openSync, readSync } from 'node:fs';
import { type Authenticator, nkeyAuthenticator, nkeys } from '@nats-io/nats-core';
import { CredentialsError } from '../errors.ts';

/** The key that an app logs on with. */
export interface Key {
  /** Its public half, `U…`: what the broker's configuration names the user by. */
  readonly user: string;
  readonly authenticator: Authenticator;
}

const SEED_BYTES = 1024;
const CERTIFICATES_BYTES = 1024 * 1024;

/**
 * Reads a file that holds the seed of a user's nkey, `SU…`, and nothing else.
 * @throws CredentialsError, which never shows what the file holds
 */
export function readKey(file: string): Key {
  const seed = Buffer.from(textOf(file, SEED_BYTES));
  let user: string;
  try {
    user = nkeys.fromSeed(seed).getPublicKey();
  } catch {
    throw new CredentialsError(file, 'holds no nkey seed: it begins with SU, and stands there alone');
  }
  if (!user.startsWith('U'))
    throw new CredentialsError(file, `holds the seed of ${user}, which is no user: that one begins with SU`);
  return { user, authenticator: nkeyAuthenticator(seed) };
}

/**
 * Reads a file of certificates in PEM, of which one must have signed the broker's.
 * @throws CredentialsError
 */
export function readAuthorities(file: string): string {
  const text = textOf(file, CERTIFICATES_BYTES);
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new CredentialsError(file, 'holds no certificate in PEM');
  return text;
}

/** Also of what is no plain file, as secrets may be mounted. */
function textOf(file: string, most: number): string {
  const bytes = Buffer.alloc(most + 1);
  let read = 0;
  try {
    const opened = openSync(file, 'r');
    try {
      for (let more = -1; more !== 0 && read < bytes.length; read += more)
        more = readSync(opened, bytes, read, bytes.length - read, null);
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CredentialsError(file, `cannot be read: ${code ?? message}`, { cause });
  }
  if (read > most) throw new CredentialsError(file, `is larger than ${most} bytes`);
  return bytes.toString('utf8', 0, read).trim();
}
