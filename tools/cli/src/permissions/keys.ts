import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nkeys } from '@nats-io/nats-core';
import { KeysError } from '../errors.ts';

/** Public keys of users, by their names. */
export type PublicKeys = Readonly<Record<string, string>>;

const PUBLIC = 'public.json';

/**
 * The public keys of users. `public.json` of the folder has them; for one that it does not have, a key is made: its seed
 * goes to `<user>.nk`, which only the owner may read, and is never shown. Where seeds are kept elsewhere, `public.json`
 * alone is enough.
 * @param onMade called for each that is made
 * @throws KeysError for a file that cannot be read or written, or is wrong
 */
export async function publicKeysOf(
  folder: string,
  users: readonly string[],
  onMade: (file: string) => void,
): Promise<PublicKeys> {
  const file = join(folder, PUBLIC);
  const known = await publicKeysIn(file);
  const keys: Record<string, string> = { ...known };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const user of users) keys[user] ??= await keyIn(join(folder, `${user}.nk`), onMade);
    if (Object.keys(keys).length > Object.keys(known).length)
      await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`);
  } catch (cause) {
    if (cause instanceof KeysError) throw cause;
    throw new KeysError(folder, `cannot be written: ${(cause as Error).message}`, { cause });
  }
  return keys;
}

async function publicKeysIn(file: string): Promise<PublicKeys> {
  const text = await textOf(file);
  if (text === undefined) return {};
  let keys: unknown;
  try {
    keys = JSON.parse(text);
  } catch {
    throw new KeysError(file, 'holds no JSON');
  }
  const isObject = typeof keys === 'object' && keys !== null && !Array.isArray(keys);
  if (!isObject || !Object.values(keys as object).every(isPublicKey))
    throw new KeysError(file, 'must hold the public key of a user, U…, for each name');
  return keys as PublicKeys;
}

/** The public half of the key in the file, which is made when it is not there. */
async function keyIn(file: string, onMade: (file: string) => void): Promise<string> {
  const seed = await textOf(file);
  if (seed !== undefined) {
    await chmod(file, 0o600);
    const key = publicHalfOf(seed.trim());
    if (key === undefined) throw new KeysError(file, 'holds no seed of an nkey');
    if (!isPublicKey(key)) throw new KeysError(file, 'holds the seed of no user: that one begins with SU');
    return key;
  }
  const pair = nkeys.createUser();
  await writeFile(file, `${Buffer.from(pair.getSeed()).toString()}\n`, { mode: 0o600, flag: 'wx' });
  onMade(file);
  return pair.getPublicKey();
}

/** Undefined for what is no seed. */
function publicHalfOf(seed: string): string | undefined {
  try {
    return nkeys.fromSeed(Buffer.from(seed)).getPublicKey();
  } catch {
    return undefined;
  }
}

/** Undefined when there is no file. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KeysError(file, `cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function isPublicKey(key: unknown): boolean {
  return typeof key === 'string' && /^U[A-Z2-7]{55}$/.test(key);
}
