import assert from 'node:assert/strict';
import type { Transaction } from '../database/database.ts';
import { TransactionFailedError, TransactionOverError } from '../errors.ts';
import { type Behaviour, behaviour, type Open } from './behaviour.ts';
import { contentOf, message, textOf } from './stage.ts';

/** What an inbox promises of a handler: once for each message, and all of it or nothing. */
export function handling(open: Open): Behaviour[] {
  return [
    behaviour(
      open,
      'commits what a handler writes, what it says, and that it did together',
      async (stage) => {
        const unpublished = await stage.handle('a', ['x', 'y']);
        assert.deepEqual(unpublished.map(textOf), ['x', 'y']);
        assert.deepEqual(await stage.effects(), ['a']);
        assert.deepEqual(await stage.handled(), ['a']);
        assert.deepEqual(await stage.outbox(), ['x', 'y']);
      },
    ),

    behaviour(open, 'keeps nothing of a handler that throws, and calls it again', async (stage) => {
      const failing = stage.inbox.process(stage.key('a'), async (transaction) => {
        await stage.write(transaction, 'a');
        throw new Error('no');
      });
      await assert.rejects(failing, /^Error: no$/);
      assert.deepEqual([await stage.effects(), await stage.handled(), await stage.outbox()], [[], [], []]);
      await stage.handle('a', ['x']);
      assert.deepEqual([await stage.effects(), await stage.outbox()], [['a'], ['x']]);
    }),

    behaviour(
      open,
      'does not call a handler again, and gives what is still to be published',
      async (stage) => {
        const first = await stage.handle('a', ['x', 'y']);
        const again = await stage.handle('a', ['other']);
        assert.deepEqual(again.map(contentOf), first.map(contentOf));
        assert.deepEqual(await stage.effects(), ['a']);
        await stage.outboxOf.remove(await stage.seqs());
        assert.deepEqual(await stage.handle('a', ['other']), []);
      },
    ),

    behaviour(open, 'tells steps, ids and sources apart', async (stage) => {
      for (const key of [
        stage.key('a'),
        { ...stage.key('a'), source: '/elsewhere' },
        { ...stage.key('a'), step: `${stage.app}__other` },
        stage.key('b'),
      ]) {
        await stage.inbox.process(key, async (transaction) => {
          await stage.write(transaction, 'done');
          return [];
        });
      }
      assert.equal((await stage.effects()).length, 4);
    }),

    behaviour(open, 'handles a message once that is delivered several times at once', async (stage) => {
      const ends = await Promise.all([1, 2, 3, 4].map(() => stage.handle('a', ['x'])));
      assert.deepEqual(await stage.effects(), ['a']);
      assert.deepEqual(
        ends.map((messages) => messages.map(contentOf)),
        ends.map(() => [contentOf(message('x'))]),
      );
    }),

    behaviour(open, 'lets the second of two deliveries handle what the first did not', async (stage) => {
      let second: Promise<unknown> = Promise.resolve();
      const first = stage.inbox.process(stage.key('a'), async (transaction) => {
        await stage.write(transaction, 'first');
        second = stage.handle('a', ['x']);
        throw new Error('no');
      });
      await assert.rejects(first, /^Error: no$/);
      await second;
      assert.deepEqual(await stage.effects(), ['a']);
    }),

    behaviour(open, 'commits nothing when a statement failed and the handler went on', async (stage) => {
      const swallowing = stage.inbox.process(stage.key('a'), async (transaction) => {
        await stage.write(transaction, 'a');
        await transaction.query('SELECT 1 / 0').catch(() => undefined);
        return [];
      });
      await assert.rejects(swallowing, TransactionFailedError);
      assert.deepEqual([await stage.effects(), await stage.handled()], [[], []]);
    }),

    behaviour(open, 'commits what a handler kept with a savepoint', async (stage) => {
      await stage.inbox.process(stage.key('a'), async (transaction) => {
        await stage.write(transaction, 'kept');
        await transaction.query('SAVEPOINT attempt');
        await transaction.query('SELECT 1 / 0').catch(() => transaction.query('ROLLBACK TO attempt'));
        return [];
      });
      assert.deepEqual(await stage.effects(), ['kept']);
    }),

    behaviour(open, 'refuses a transaction that is over', async (stage) => {
      let kept: Transaction | undefined;
      await stage.inbox.process(stage.key('a'), async (transaction) => {
        kept = transaction;
        return [];
      });
      assert.ok(kept);
      await assert.rejects(stage.write(kept, 'late'), TransactionOverError);
      assert.deepEqual(await stage.effects(), []);
    }),
  ];
}
