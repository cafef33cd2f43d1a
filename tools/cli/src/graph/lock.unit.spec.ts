import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { app, choreography, flow } from './choreographies.spec.support.ts';
import { differences, readLock, writeLock } from './lock.ts';

const shop = app('shop', { produces: 'a.placed', flows: [flow('a.placed', 'a.paid')] });
const pay = app('worker', { steps: { pay: 'a.placed > a.paid' } });

describe('choreography.lock', () => {
  it('holds what was written', async () => {
    const file = await lockFile();
    await writeLock(file, choreography(shop, pay));
    expect(await readLock(file)).toEqual(choreography(shop, pay));
  });

  it('is undefined where there is none', async () => {
    expect(await readLock(await lockFile())).toBeUndefined();
  });

  it.each([
    ['no JSON', '{', /cannot be read/],
    ['no object', 'null', /troupe graph --write/],
    ['cut short', '{"format":1,"apps":[{"app":"shop"}],"contracts":[]}', /troupe graph --write/],
    ['another format', '{"format":2,"apps":[],"contracts":[]}', /troupe graph --write/],
  ])('is refused when it is %s', async (_, text, problem) => {
    const file = await lockFile();
    await writeFile(file, text);
    await expect(readLock(file)).rejects.toThrow(problem);
  });

  it('differs by every step, contract and flow that came, went or changed', () => {
    const paysTwice = app('worker', { steps: { pay: 'a.placed > a.paid a.declined', note: 'a.paid' } });
    expect(differences(choreography(shop, pay), choreography(shop, pay))).toEqual([]);
    expect(differences(choreography(shop, pay), choreography(shop, paysTwice))).toEqual([
      'contract a.declined.v1 is in the code, but not in choreography.lock.',
      'step worker__note is in the code, but not in choreography.lock.',
      'step worker__pay: emits is [a.paid.v1, a.declined.v1] in the code, but [a.paid.v1] in choreography.lock.',
    ]);
    expect(differences(choreography(shop, pay), choreography(shop))).toEqual([
      'app worker is in choreography.lock, but not in the code.',
      'step worker__pay is in choreography.lock, but not in the code.',
    ]);
    const sooner = { ...shop, flows: [{ ...flow('a.placed', 'a.paid'), within: '2d' }] };
    expect(differences(choreography(shop, pay), choreography(sooner, pay))).toEqual([
      'flow a.placed.v1 of shop: within is 2d in the code, but not said in choreography.lock.',
    ]);
  });
});

async function lockFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-lock-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'choreography.lock');
}
