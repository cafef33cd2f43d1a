import { setTimeout as delay } from 'node:timers/promises';
import { PostgresNotFoundError, type PostgresServer, startPostgres } from '@troupe/postgres';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { until } from '../stage.spec.support.ts';
import { postgresDatabase } from '../store/postgres.ts';
import { build, Crew } from './crew.spec.support.ts';
import { lettersIn } from './oracle.spec.support.ts';
import { World } from './world.spec.support.ts';

vi.setConfig({ testTimeout: 110_000 });

const JOB_COUNT = 150;
/** Longer than it takes to take over from one that was killed: in between, answers are believed. */
const APART_MS = 6_500;

let postgres: PostgresServer | string;
beforeAll(async () => {
  await build();
  postgres = await startPostgres().catch((error: unknown) => {
    if (error instanceof PostgresNotFoundError) return error.message;
    throw error;
  });
});
afterAll(async () => {
  if (typeof postgres !== 'string') await postgres.stop();
});

describe('several ledgers that have one store', () => {
  it('share the work, and the shares of one that is killed or stopped are taken over', async (context) => {
    const { world, store, holders, indexed } = await shared(context);
    const processes = ledgerProcesses(world, store, 1);
    await until('the first has all', async () => isShared(await holders(), 12));
    const [first] = await holders();
    const ledger = await world.open(store);
    const other = await world.open(store);
    await until('three have a third each', async () => isShared(await holders(), 4));
    expect((await holders())[0]).toBe(first); // the eldest still leads
    await world.load(40);
    await world.settled(ledger);
    const perHolder = new Map<number | null, number>();
    const counts = await indexed();
    for (const [share, holder] of (await holders()).entries())
      perHolder.set(holder, (perHolder.get(holder) ?? 0) + (counts.get(share) ?? 0));
    expect(perHolder.size).toBe(3);
    for (const count of perHolder.values()) expect(count).toBeGreaterThan(0);

    processes.end();
    await until('two have a half each', async () => isShared(await holders(), 6));
    expect(await holders()).not.toContain(first);
    await other.close();
    await until('one has all', async () => isShared(await holders(), 12), 3_000);
    await world.load(40);
    await world.settled(ledger);
    const letters = await lettersIn(world.stage.manager, world.stage.names.deadLetters);
    await world.agree(letters, ledger);
  });

  it('never call done what is not, whichever is asked, while they and what they watch die', async (context) => {
    const { world, store } = await shared(context);
    const processes = ledgerProcesses(world, store, 2);
    const staying = await world.open(store);
    await world.reopen(store);
    const seen = new Set<string>();
    let isOver = false;
    let isToReopen = false;
    const dying = (async () => {
      const deaths = [
        () => processes.kill(0),
        () => processes.freeze(1),
        () => {
          processes.thaw(1);
          isToReopen = true;
        },
        () => processes.stop(0),
      ];
      for (const die of deaths) {
        await delay(APART_MS);
        die();
      }
    })();
    const loading = world.load(JOB_COUNT, (4 * APART_MS) / JOB_COUNT);
    const over = Promise.all([loading, world.killSome(), dying]).finally(() => {
      isOver = true;
    });
    for (let round = 0; !isOver; round++) {
      const job = `j${(round * 37) % JOB_COUNT}`;
      await world.compareNow(job, seen, round % 2 === 0 ? staying : world.ledger);
      if (isToReopen) await world.reopen(store);
      isToReopen = false;
    }
    await over;
    await world.settled(staying);
    const letters = await lettersIn(world.stage.manager, world.stage.names.deadLetters);
    await until('the other one knows too', () => world.ledger.freshness().asOf >= staying.freshness().asOf);
    await world.agree(letters, staying);
    await world.agree(letters);
    expect(letters.size).toBeGreaterThan(0);
    for (const state of ['done', 'dead-lettered', 'retrying']) expect([...seen]).toContain(state);
  });

  it('tell of every flow that changes to whoever follows one of them', async (context) => {
    const { world, store } = await shared(context);
    const ledgers = [await world.open(store), await world.open(store)];
    const tails = ledgers.map((ledger) => ledger.tail({ state: 'completed' }));
    const firsts = tails.map((tail) => tail.next());
    await world.load(1);
    const completed = await Promise.all(firsts);
    expect(new Set(completed.map(({ value }) => value?.flow.id)).size).toBe(1);
  });
});

/** An environment, and a store that several may have, with a look into its tables. */
async function shared(context: TestContext) {
  if (typeof postgres === 'string') return context.skip(postgres);
  const world = await World.make();
  await postgres.createDatabase(world.stage.prefix);
  const store = postgres.urlOf(world.stage.prefix);
  const database = postgresDatabase(store);
  onTestFinished(() => database.close());
  const holders = async () => {
    const sql = 'SELECT holder FROM share ORDER BY n';
    const rows = await database.all<{ holder: number | null }>(sql).catch(() => []);
    return rows.map(({ holder }) => holder);
  };
  const indexed = async () => {
    const sql = 'SELECT share, COUNT(*) AS count FROM message GROUP BY share';
    const rows = await database.all<{ share: number; count: number }>(sql);
    return new Map(rows.map(({ share, count }) => [share, count]));
  };
  return { world, store, holders, indexed };
}

function ledgerProcesses({ stage }: World, store: string, count: number): Crew {
  return new Crew('ledger-process', count, { SERVER: stage.server.url, PREFIX: stage.prefix, STORE: store });
}

/** Whether each share has a holder, and each holder so many shares. */
function isShared(holders: readonly (number | null)[], each: number): boolean {
  const counts = [...Map.groupBy(holders, (holder) => holder)].map(([, shares]) => shares.length);
  return holders.length === 12 && !holders.includes(null) && counts.every((count) => count === each);
}
