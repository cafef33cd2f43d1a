import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepHandler } from '@troupe/jetstream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { book, credits, type TransferAsked, TransferAskedV2 } from './bank.spec.support.ts';
import type { Transaction } from './database/database.ts';
import { embeddedDatabase, IN_MEMORY } from './database/embedded.ts';
import { postgresDatabase } from './database/postgres.ts';
import { tryPostgres } from './postgres.spec.support.ts';
import { bankOf, openBank, openTeller, startServer } from './stage.spec.support.ts';
import { until } from './until.spec.support.ts';

vi.setConfig({ testTimeout: 120_000 }); // an embedded database takes seconds to be made, more on a busy machine

const memory = () => embeddedDatabase(IN_MEMORY);

describe('a step with an inbox', () => {
  it('commits, publishes and acknowledges, and leaves nothing in the outbox', async () => {
    const server = await startServer();
    const { inbox } = await openBank(server, memory());
    const teller = await openTeller(server);
    await teller.ask('ada');
    await teller.settled();
    expect(await credits(inbox)).toEqual(['ada']);
    expect(await teller.stored()).toEqual(['account ada', 'bank ada']);
    await until('the outbox is empty', async () => {
      const rows = await inbox.database.query('SELECT * FROM troupe.outbox');
      return rows.length === 0;
    });
  });

  it('is not called for a message that comes again after the window of duplicates', async () => {
    const server = await startServer();
    const calls: string[] = [];
    const { inbox } = await openBank(server, memory(), {
      handle: counting(calls),
    });
    const teller = await openTeller(server);
    await teller.ask('ada', 'one');
    await teller.settled();
    await teller.again();
    await teller.ask('ben', 'two');
    await until('the next one is done', async () => (await teller.stored()).length >= 4);
    await teller.settled();
    expect(calls).toEqual(['ada', 'ben']);
    expect(await credits(inbox)).toEqual(['ada', 'ben']);
    expect(await teller.stored()).toEqual(['account ada', 'bank ada', 'account ben', 'bank ben']);
  });

  it('books once what an older build handled as the older major, and gets again as the newer one', async () => {
    const server = await startServer();
    const folder = await mkdtemp(join(tmpdir(), 'troupe-inbox-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const older = await openBank(server, embeddedDatabase(folder));
    const teller = await openTeller(server);
    await teller.askAsBoth('ada');
    await until('it is done', async () => (await teller.stored()).length >= 2);
    await teller.settled();
    await older.runtime.stop();
    await teller.forget();
    const asked: object[] = [];
    const newer = await openBank(server, embeddedDatabase(folder), {
      on: [TransferAskedV2],
      handle: async (data, _context, transaction) => {
        asked.push(data);
        const { account, amount } = data as TransferAskedV2;
        return book({ to: account, amount }, transaction as Transaction);
      },
    });
    await teller.askAsBoth('ben');
    await until('the next one is done', async () => (await teller.stored()).length >= 4);
    for (const major of [1, 2]) await teller.settled(major);
    expect(asked).toEqual([{ account: 'ben', amount: 1 }]);
    expect(await credits(newer.inbox)).toEqual(['ada', 'ben']);
    expect(await teller.stored()).toEqual(['account ada', 'bank ada', 'account ben', 'bank ben']);
    await newer.runtime.stop();
  });

  it('leaves nothing of an attempt that failed', async () => {
    const server = await startServer();
    let attempts = 0;
    const { inbox } = await openBank(server, memory(), {
      retry: { initialDelayMs: 1 },
      handle: async (data, context, transaction) => {
        attempts = context.attempt;
        const outputs = await book(data as TransferAsked, transaction as Transaction);
        if (context.attempt < 3) throw new Error('not yet');
        return outputs;
      },
    });
    const teller = await openTeller(server);
    await teller.ask('ada');
    await until('it is done', async () => (await teller.stored()).length >= 2);
    expect(attempts).toBe(3);
    expect(await credits(inbox)).toEqual(['ada']);
  });

  it('leaves nothing of an attempt that outlived its time, even what it does later', async () => {
    const server = await startServer();
    const late: unknown[] = [];
    const { inbox } = await openBank(server, memory(), {
      timeoutMs: 300,
      retry: { initialDelayMs: 1 },
      handle: async (data, context, transaction) => {
        const outputs = await book(data as TransferAsked, transaction as Transaction);
        if (context.attempt > 1) return outputs;
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
        await until('the transaction is over', () =>
          book({ to: 'late', amount: 1 }, transaction as Transaction).then(
            () => false,
            (error: unknown) => late.push(error),
          ),
        );
        return outputs;
      },
    });
    const teller = await openTeller(server);
    await teller.ask('ada');
    await until('it is done', async () => (await teller.stored()).length >= 2);
    await until('the late one was refused', () => late.length > 0);
    expect(late).toMatchObject([{ code: 'TROUPE_TRANSACTION_OVER' }]);
    expect(await credits(inbox)).toEqual(['ada']);
  });

  it('publishes each output once when the broker goes away between the commit and the publishing', async () => {
    const server = await startServer();
    const calls: string[] = [];
    const teller = await openTeller(server);
    const { inbox } = await openBank(server, memory(), {
      handle: async (data, context, transaction) => {
        await server.kill();
        return counting(calls)(data, context, transaction);
      },
    });
    await teller.ask('ada');
    await until('it was handled', () => calls.length > 0);
    await server.restart();
    await until('its outputs are stored', async () =>
      teller.stored().then(
        (stored) => stored.length >= 2,
        () => false,
      ),
    );
    await teller.settled();
    expect(calls).toEqual(['ada']);
    expect(await credits(inbox)).toEqual(['ada']);
    expect(await teller.stored()).toEqual(['account ada', 'bank ada']);
  });

  it('waits for a database that goes away, without using up attempts, and says so', async (context) => {
    const postgres = await tryPostgres();
    if (typeof postgres === 'string') return context.skip(postgres);
    try {
      const server = await startServer();
      const { inbox, runtime } = bankOf(server, postgresDatabase(postgres.urlOf('postgres')), {
        retry: { attempts: 1 },
      });
      await postgres.kill();
      const started = runtime.start();
      await until('it is not ready', () =>
        runtime
          .status()
          .problems.some((problem) => /^The database \(PostgreSQL at .*\) does not answer/.test(problem)),
      );
      await postgres.restart();
      await started;
      expect(runtime.status()).toEqual({ ready: true, problems: [] });

      const teller = await openTeller(server);
      await postgres.kill();
      await teller.ask('ada');
      await until('it is not ready', () => !runtime.status().ready);
      await postgres.restart();
      await until('it is done', async () => (await teller.stored()).length >= 2);
      await until('it is ready', () => runtime.status().ready);
      expect(await credits(inbox)).toEqual(['ada']);
      await runtime.stop();
    } finally {
      await postgres.stop();
    }
  });
});

function counting(calls: string[]): StepHandler {
  return (data, _context, transaction) => {
    calls.push((data as TransferAsked).to);
    return book(data as TransferAsked, transaction as Transaction);
  };
}
