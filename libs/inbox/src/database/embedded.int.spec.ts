import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { expect, it, onTestFinished, vi } from 'vitest';
import { blankDatabase } from './blank.ts';
import { embeddedDatabase } from './embedded.ts';

vi.setConfig({ testTimeout: 120_000 }); // an embedded database takes seconds to be made, more on a busy machine

it('is made once for all that need a blank one at a time, and kept', async () => {
  const folder = join(await temporaryFolder(), 'cache');
  const [one, other] = await Promise.all([blankDatabase(folder), blankDatabase(folder)]);
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^blank-pglite-\d+\.\d+\.\d+\.tar\.gz$/)]);
  expect(other?.size).toBe(one?.size);
  const database = await PGlite.create({ loadDataDir: one as Blob });
  expect((await database.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await database.close();
});

it('is not kept where nothing can be written', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  expect(await blankDatabase(join(file, 'cache'))).toBeUndefined();
});

it('begins anew where a process died while it made one, and keeps what was written since', async () => {
  const folder = join(await temporaryFolder(), 'bank');
  await mkdir(folder);
  await writeFile(join(folder, 'PG_VERSION'), '17\n');
  await writeFile(`${folder}.unfinished`, '');
  const first = embeddedDatabase(folder);
  await first.query('CREATE TABLE credits (account text)');
  await first.close();
  const second = embeddedDatabase(folder);
  expect(await second.query('SELECT * FROM credits')).toEqual([]);
  await second.close();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-inbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
