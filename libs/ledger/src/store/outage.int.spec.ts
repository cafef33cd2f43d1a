import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PostgresNotFoundError, startPostgres } from '@troupe/postgres';
import { expect, it, onTestFinished } from 'vitest';
import { LedgerStoreError } from '../errors.ts';
import { Ledger } from '../ledger.ts';
import { OrderPlaced } from '../shop.spec.support.ts';
import { flowOnce, Stage, startServer, until } from '../stage.spec.support.ts';

it('a ledger that cannot write answers from what it knows, says so, and catches up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-outage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.sqlite');
  const stage = await Stage.on(await startServer());
  const ledger = await stage.ledger({ store: file });
  const shop = await stage.app('storefront', []);
  const { flowId } = await shop.producer.send(OrderPlaced, { orderId: 'before' });
  await flowOnce(ledger, 'before', 'it is known', () => true);

  const other = new DatabaseSync(file);
  other.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
  await shop.producer.send(OrderPlaced, { orderId: 'meanwhile' });
  const problem = await until('it says so', () => ledger.freshness().problem);
  expect(problem).toMatch(/^The ledger \(SQLite in .+\) cannot be written: .*locked/);
  expect((await ledger.where('before')).flows).toHaveLength(1);
  expect(await ledger.where('meanwhile')).toMatchObject({ flows: [], problem });
  const report = await ledger.report(flowId);
  expect(report?.lacks).toEqual([expect.stringMatching(/^the ledger is .+ behind: The ledger .+locked/)]);
  other.exec('ROLLBACK');
  other.close();
  await flowOnce(ledger, 'meanwhile', 'it caught up', () => true);
  expect(ledger.freshness().problem).toBeUndefined();
});

it('a ledger whose database is away says so to whoever asks, and goes on afterwards', async (context) => {
  const postgres = await startPostgres().catch((error: unknown) => {
    if (error instanceof PostgresNotFoundError) return error.message;
    throw error;
  });
  if (typeof postgres === 'string') return context.skip(postgres);
  onTestFinished(() => postgres.stop());
  const stage = await Stage.on(await startServer());
  const ledger = await stage.ledger({ store: postgres.urlOf('postgres') });
  const shop = await stage.app('storefront', []);
  await postgres.kill();
  await shop.producer.send(OrderPlaced, { orderId: 'meanwhile' });
  await expect(ledger.where('meanwhile')).rejects.toBeInstanceOf(LedgerStoreError);
  await postgres.restart();
  await until('it answers', () =>
    ledger
      .where('meanwhile')
      .then(({ flows }) => flows.length === 1)
      .catch(() => false),
  );
  const told = ledger.tail().next();
  let isTold = false;
  void told.then(() => {
    isTold = true;
  });
  await until('a change is told of again', async () => {
    await shop.producer.send(OrderPlaced, { orderId: 'afterwards' });
    return isTold;
  });
  expect((await told).value?.flow.type).toBe('order.placed.v1');
});

it('a ledger that cannot open its store does not begin', async () => {
  await expect(Ledger.open({ store: join(import.meta.filename, 'ledger.sqlite') })).rejects.toMatchObject({
    code: 'TROUPE_LEDGER_STORE',
  });
});

it('a ledger makes the tables of another format anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-format-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.sqlite');
  const old = new DatabaseSync(file);
  old.exec(
    `CREATE TABLE note (name TEXT PRIMARY KEY, content TEXT NOT NULL); CREATE TABLE message (other TEXT)`,
  );
  old.exec(`INSERT INTO note VALUES ('format', '0')`);
  old.close();
  const stage = await Stage.on(await startServer());
  const ledger = await stage.ledger({ store: file });
  await (await stage.app('storefront', [])).producer.send(OrderPlaced, { orderId: 'o-1' });
  await flowOnce(ledger, 'o-1', 'it is known', () => true);
});

it('a file that was another environment’s is made anew, and a database that is one’s is refused', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-environment-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.sqlite');
  const server = await startServer();
  const placing = async (store: string) => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger({ store });
    await (await stage.app('storefront', [])).producer.send(OrderPlaced, { orderId: stage.prefix });
    await flowOnce(ledger, stage.prefix, 'it is known', () => true);
    return { ledger, prefix: stage.prefix };
  };
  const first = await placing(file);
  await first.ledger.close();
  const second = await placing(file);
  expect((await second.ledger.where(first.prefix)).flows).toEqual([]);

  const postgres = await startPostgres().catch((error: unknown) => {
    if (error instanceof PostgresNotFoundError) return error.message;
    throw error;
  });
  if (typeof postgres === 'string') return context.skip(postgres);
  onTestFinished(() => postgres.stop());
  const third = await placing(postgres.urlOf('postgres'));
  await expect(placing(postgres.urlOf('postgres'))).rejects.toThrow(
    `is that of the prefix "${third.prefix}"`,
  );
});
