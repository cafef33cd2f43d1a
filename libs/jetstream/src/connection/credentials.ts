import { closeSync, openSync, readSync } from 'node:fs';
import { type Authenticator, nkeyAuthenticator, nkeys } from '@nats-io/nats-core';
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { CredentialsError } from '../errors.ts';
import type { Servers } from './servers.ts';

/** As whom the client logs on, and how it knows the broker. */
export type Access = Pick<NodeConnectionOptions, 'user' | 'pass' | 'token' | 'authenticator' | 'tls'>;

/** Who logs on, as a person knows it and without any secret, and what the client is given for that. */
export interface Logon {
  readonly user: string;
  readonly access: Access;
}

interface Files {
  readonly keyFile?: string;
  readonly caFile?: string;
}

const SEED_BYTES = 1024;
const CERTIFICATES_BYTES = 1024 * 1024;

/**
 * Reads the files, once. A key outranks what the addresses say.
 * @throws CredentialsError, which never shows what a file holds
 */
export function logonOf({ login, tls }: Servers, { keyFile, caFile }: Files): Logon {
  const key = keyFile === undefined ? undefined : readKey(keyFile);
  const ca = caFile === undefined ? undefined : readAuthorities(caFile);
  return {
    user: key === undefined ? userOf(login) : `the user with the key ${key.user}`,
    access: {
      ...(key === undefined ? login : { authenticator: key.authenticator }),
      ...(ca === undefined ? tls && { tls: {} } : { tls: { ca } }),
    },
  };
}

function userOf(login: Servers['login']): string {
  if (login === undefined) return 'a user without credentials';
  return 'user' in login ? `the user ${login.user}` : 'the user with that token';
}

/** A file that holds the seed of a user's nkey, `SU…`, and nothing else; its public half names the user. */
function readKey(file: string): { user: string; authenticator: Authenticator } {
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

/** A file of certificates in PEM, of which one must have signed the broker's. */
function readAuthorities(file: string): string {
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
