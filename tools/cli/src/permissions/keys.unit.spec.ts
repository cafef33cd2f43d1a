import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/nats-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publicKeysOf } from './keys.ts';

describe('keys', () => {
  it('are made where there are none, and stay from then on', async () => {
    const folder = join(await emptyFolder(), 'keys');
    const made: string[] = [];
    const keys = await publicKeysOf(folder, ['payments', 'shipping'], (file) => made.push(file));
    expect(made).toEqual([join(folder, 'payments.nk'), join(folder, 'shipping.nk')]);
    const seed = (await readFile(join(folder, 'payments.nk'), 'utf8')).trim();
    expect(nkeys.fromSeed(Buffer.from(seed)).getPublicKey()).toBe(keys.payments);
    expect((await stat(join(folder, 'payments.nk'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'public.json'), 'utf8')).not.toContain(seed);
    expect(await publicKeysOf(folder, ['payments', 'shipping'], unexpected)).toEqual(keys);
  });

  it('are made for a user that comes later, alone', async () => {
    const folder = await emptyFolder();
    const { payments } = await publicKeysOf(folder, ['payments'], () => {});
    const made: string[] = [];
    const keys = await publicKeysOf(folder, ['payments', 'picking'], (file) => made.push(file));
    expect(keys.payments).toBe(payments);
    expect(made).toEqual([join(folder, 'picking.nk')]);
  });

  it('are known by their public halves where seeds are kept elsewhere', async () => {
    const folder = await emptyFolder();
    const payments = nkeys.createUser().getPublicKey();
    await writeFile(join(folder, 'public.json'), JSON.stringify({ payments }));
    expect(await publicKeysOf(folder, ['payments'], unexpected)).toEqual({ payments });
    expect(await readdir(folder)).toEqual(['public.json']);
  });

  it('are read from seeds where the public halves are lost, whoever could read them', async () => {
    const folder = await emptyFolder();
    const pair = nkeys.createUser();
    await writeFile(join(folder, 'payments.nk'), Buffer.from(pair.getSeed()), { mode: 0o644 });
    expect(await publicKeysOf(folder, ['payments'], unexpected)).toEqual({ payments: pair.getPublicKey() });
    expect((await stat(join(folder, 'payments.nk'))).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['public.json', '{', 'holds no JSON'],
    ['public.json', '["U"]', 'must hold the public key of a user'],
    [
      'public.json',
      `{ "payments": "${Buffer.from(nkeys.createUser().getSeed()).toString()}" }`,
      'must hold the public key',
    ],
    ['payments.nk', 'SUABC', 'holds no seed of an nkey'],
    ['payments.nk', Buffer.from(nkeys.createAccount().getSeed()).toString(), 'holds the seed of no user'],
  ])('are refused when %s is wrong, which is named and not shown', async (name, text, problem) => {
    const folder = await emptyFolder();
    await writeFile(join(folder, name), text);
    const asked = publicKeysOf(folder, ['payments'], unexpected);
    await expect(asked).rejects.toMatchObject({ code: 'TROUPE_CLI_KEYS', path: join(folder, name) });
    await expect(asked).rejects.toThrow(problem);
    await expect(asked).rejects.not.toThrow(text);
  });

  it('are refused where no folder can be', async () => {
    const file = join(await emptyFolder(), 'file');
    await writeFile(file, '');
    await expect(publicKeysOf(join(file, 'keys'), ['payments'], unexpected)).rejects.toMatchObject({
      code: 'TROUPE_CLI_KEYS',
    });
  });
});

function unexpected(file: string): void {
  throw new Error(`${file} was made`);
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-keys-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
