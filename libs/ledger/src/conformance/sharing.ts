import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { type Behaviour, behaviour, type Open } from './behaviour.ts';
import { message } from './stage.ts';

/** What a store promises of several projectors, of which each has its shares. */
export function sharing(open: Open): Behaviour[] {
  return [
    behaviour(open, 'refuses all of what a projector writes that lost a share', async (stage) => {
      await stage.put(message(1));
      const [last] = await stage.store.shares.positions();
      const other = await stage.another();
      const [share] = (await stage.store.shares.division()).shares;
      assert.equal(share?.holder, other.projector);
      assert.equal(await stage.put(message(2)), undefined);
      assert.deepEqual(await stage.store.find('f-2', 1), []);
      assert.deepEqual((await stage.store.shares.positions())[0], last);
      assert.notEqual(await other.put(message(2)), undefined);
    }),

    behaviour(open, 'gives a share to one of those who take it from the same one', async (stage) => {
      const { shares } = stage.store;
      const [a, b] = [await shares.join('a'), await shares.join('b')];
      const taken = await Promise.all([a, b].map((n) => shares.take(0, n, stage.projector)));
      assert.equal(taken.filter(Boolean).length, 1);
      const { shares: held } = await shares.division();
      assert.equal(held[0]?.holder, taken[0] ? a : b);
    }),

    behaviour(open, 'hands over all shares of a projector that leaves', async (stage) => {
      const { shares } = stage.store;
      await shares.leave(stage.projector);
      const { projectors, shares: held } = await shares.division();
      assert.equal(
        projectors.some(({ n }) => n === stage.projector),
        false,
      );
      assert.equal(
        held.every(({ holder }) => holder === null),
        true,
      );
      assert.equal(await stage.put(message(1)), undefined);
    }),

    behaviour(open, 'buries a projector only as long as its beat is what was seen', async (stage) => {
      const { shares } = stage.store;
      const beatOf = async () => (await shares.division()).projectors.find(({ n }) => n === stage.projector);
      const seen = await beatOf();
      assert.equal(await shares.beat(stage.projector), true);
      assert.equal(seen && (await shares.bury(seen)), false);
      const now = await beatOf();
      assert.equal(now && (await shares.bury(now)), true);
      assert.equal(await shares.beat(stage.projector), false);
    }),

    behaviour(open, 'tells what was written, and nothing of what was not', async (stage) => {
      const heard: number[] = [];
      stage.store.listen(({ flows }) => heard.push(...flows));
      const impossible = { ...message(1), id: null as unknown as string };
      await assert.rejects(stage.put(impossible));
      // Whoever has only begun to listen may miss some.
      for (let seq = 2; heard.length === 0 && seq < 500; seq++) {
        await stage.put(message(seq, { flow: 'f' }));
        await delay(10);
      }
      assert.deepEqual([...new Set(heard)], [await stage.numberOf('f')]);
    }),

    behaviour(open, 'goes on with the flows and the queues that another projector began', async (stage) => {
      await stage.put(message(1, { flow: 'f' }));
      const other = await stage.another();
      await other.put(message(2, { flow: 'f' }), message(3, { flow: 'g' }));
      await stage.take();
      await stage.put(message(4, { flow: 'g' }), message(5, { flow: 'h' }));
      const counts = await Promise.all(
        ['f', 'g', 'h'].map(async (key) => {
          const record = await stage.store.flow(await stage.numberOf(key));
          return record?.messages.length;
        }),
      );
      assert.deepEqual(counts, [2, 2, 1]);
      assert.equal(await stage.store.between('evt.order.placed.v1', 1, 0, 5), 5);
    }),

    behaviour(
      open,
      'never gives a number again that was given, though it forgets everything',
      async (stage) => {
        await stage.put(message(1));
        const n = await stage.numberOf('f-1');
        const census = await stage.store.beginCensus();
        await stage.store.clear();
        await stage.take();
        await stage.put(message(1));
        assert.ok((await stage.numberOf('f-1')) > n);
        assert.ok((await stage.store.beginCensus()) > census);
        const record = await stage.store.flow(await stage.numberOf('f-1'));
        assert.equal(record?.begun, census);
      },
    ),
  ];
}
