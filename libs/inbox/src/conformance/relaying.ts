import assert from 'node:assert/strict';
import { type Behaviour, behaviour, type Open } from './behaviour.ts';
import { contentOf, Stage, textOf } from './stage.ts';

/** What an inbox promises of messages that were committed and left behind. */
export function relaying(open: Open): Behaviour[] {
  return [
    behaviour(open, 'relays what a process that died had committed, with the same ids', async (stage) => {
      const committed = await stage.handle('a', ['x', 'y']);
      const live = stage.relay();
      assert.deepEqual(await live.turn(), []); // whoever committed may still be at it
      await stage.outboxOf.expireLeases();
      assert.deepEqual((await live.turn()).map(contentOf), committed.map(contentOf));
      assert.deepEqual(await stage.outbox(), []);
      assert.deepEqual(await stage.handle('a', []), []);
    }),

    behaviour(open, 'relays each message once, whatever the number of relays', async (stage) => {
      const texts = Array.from({ length: 450 }, (_, i) => `m${i}`);
      await stage.handle('a', texts);
      await stage.outboxOf.expireLeases();
      const relays = [stage.relay(), stage.relay(), stage.relay()];
      const published = (await Promise.all(relays.map((relay) => relay.turn()))).flat();
      assert.deepEqual(published.map(textOf).sort(), [...texts].sort());
      assert.deepEqual(await stage.outbox(), []);
    }),

    behaviour(open, 'keeps what the broker did not take, and relays it later', async (stage) => {
      await stage.handle('a', ['x', 'y']);
      await stage.outboxOf.expireLeases();
      assert.deepEqual((await stage.relay((text) => text !== 'x').turn()).map(textOf), ['y']);
      assert.deepEqual(await stage.outbox(), ['x']);
      await stage.outboxOf.expireLeases();
      assert.deepEqual((await stage.relay().turn()).map(textOf), ['x']);
    }),

    behaviour(open, 'relays for its own app alone', async (stage) => {
      await stage.handle('a', ['x']);
      await stage.outboxOf.expireLeases();
      const other = await Stage.on(stage.database);
      assert.deepEqual(await other.relay().turn(), []);
      assert.deepEqual(await stage.outbox(), ['x']);
    }),
  ];
}
