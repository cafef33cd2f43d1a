import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { SettingError } from './errors.ts';
import { httpUrl, oneOf, postgresUrl, text, whole } from './kinds.ts';
import { isSet, readVariables } from './read.ts';
import type { Environment } from './variable.ts';

const TABLE = {
  beds: { name: 'BEDS', kind: whole(1, 40), meaning: 'beds of the inn', default: 12 },
  keeper: { name: 'KEEPER', kind: text, meaning: 'who keeps it' },
  season: { name: 'SEASON', kind: oneOf('summer', 'winter'), meaning: 'when it is open', default: 'summer' },
  bank: { name: 'BANK_URL', kind: httpUrl, meaning: 'where money goes' },
  books: { name: 'BOOKS_URL', kind: postgresUrl, meaning: 'who came', secret: true },
} as const;

const read = (environment: Environment) => readVariables(TABLE, environment);

describe('a table of variables', () => {
  it('is read by its own names, each value by its kind', () => {
    const environment = {
      BEDS: '7',
      KEEPER: ' Ada ',
      SEASON: 'winter',
      BANK_URL: 'https://bank',
      BOOKS_URL: 'postgres://me:secret@db/books',
    };
    expect(read(environment)).toEqual({
      beds: 7,
      keeper: 'Ada',
      season: 'winter',
      bank: 'https://bank',
      books: 'postgres://me:secret@db/books',
    });
  });

  it('has its defaults, or nothing, for what is unset or empty', () => {
    const unset = { beds: 12, season: 'summer', keeper: undefined, bank: undefined, books: undefined };
    expect(read({})).toEqual(unset);
    expect(read({ BEDS: '', KEEPER: ' ', BOOKS_URL: '', BOOKS_URL_FILE: ' ' })).toEqual(unset);
  });

  it('is refused with one sentence for each variable that is wrong', () => {
    const problems = problemsOf({ BEDS: '41', SEASON: 'autumn', BANK_URL: 'bank', KEEPER: 'Ada' });
    expect(problems).toEqual([
      'BEDS is "41", but must be a whole number from 1 to 40.',
      'SEASON is "autumn", but must be one of summer, winter.',
      'BANK_URL is "bank", but must be an http:// or https:// URL.',
    ]);
  });

  it('says what the kind says, where that says more', () => {
    const named = (name: string) => {
      throw new Error(`Nobody is called "${name}".`);
    };
    const table = { guest: { name: 'GUEST', kind: { allowed: 'a guest', read: named }, meaning: 'a guest' } };
    expect(() => readVariables(table, { GUEST: 'X Æ' })).toThrow('GUEST: Nobody is called "X Æ".');
  });

  it('shows neither a secret nor the password of an address', () => {
    expect(problemsOf({ BOOKS_URL: 'mysql://me:secret@db' })).toEqual([
      'BOOKS_URL must be an address such as postgres://user:password@host:5432/database.',
    ]);
    expect(problemsOf({ BANK_URL: 'ftp://me:secret@bank' }).join()).toMatch(
      /^BANK_URL is "ftp:\/\/…@bank", but/,
    );
    expect(problemsOf({ BANK_URL: 'me:secret@bank' }).join()).toMatch(/^BANK_URL is "…@bank", but/);
  });
});

describe('a secret', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'settings-'));
    onTestFinished(() => rm(folder, { recursive: true }));
  });

  const file = async (content: string | Buffer) => {
    const path = join(folder, 'secret');
    await writeFile(path, content);
    return { BOOKS_URL_FILE: path };
  };

  it('may stand in a file', async () => {
    const environment = await file('postgres://me:secret@db/books\n');
    expect(read(environment).books).toBe('postgres://me:secret@db/books');
    expect(isSet(TABLE.books, environment)).toBe(true);
    expect(isSet(TABLE.books, {})).toBe(false);
  });

  it('stands in one place', async () => {
    const environment = { ...(await file('postgres://db/books')), BOOKS_URL: 'postgres://db/books' };
    expect(problemsOf(environment)).toEqual([
      'BOOKS_URL and BOOKS_URL_FILE are both set: leave one of them out.',
    ]);
  });

  it('is refused as any other value, unseen', async () => {
    expect(problemsOf(await file('mysql://me:secret@db'))).toEqual([
      'BOOKS_URL must be an address such as postgres://user:password@host:5432/database.',
    ]);
  });

  it('is refused when its file cannot be read, is none, is empty or too large', async () => {
    const told = async (environment: Environment) => problemsOf(environment).join();
    expect(await told({ BOOKS_URL_FILE: join(folder, 'none') })).toMatch(
      /^BOOKS_URL_FILE is ".*none", which cannot be read \(ENOENT\)\.$/,
    );
    await mkdir(join(folder, 'books'));
    expect(await told({ BOOKS_URL_FILE: join(folder, 'books') })).toMatch(/which is no file\.$/);
    expect(await told(await file(' \n'))).toMatch(/which is empty\.$/);
    expect(await told(await file(Buffer.alloc(65 * 1024, 'a')))).toMatch(/which has more than 64 KiB\.$/);
  });

  it('is the only kind of variable that a file is read for', async () => {
    const { BOOKS_URL_FILE } = await file('Ada');
    expect(read({ KEEPER_FILE: BOOKS_URL_FILE }).keeper).toBeUndefined();
  });
});

function problemsOf(environment: Environment): readonly string[] {
  try {
    read(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingError) return error.problems;
    throw error;
  }
}
