import assert from 'node:assert/strict';
import { positionOf } from '../model/record.ts';
import type { FlowSlice } from '../store/reading.ts';
import { type Behaviour, behaviour, type Open } from './behaviour.ts';
import { answer, message } from './stage.ts';

/** What a store promises to whoever asks it. */
export function asking(open: Open): Behaviour[] {
  return [
    behaviour(
      open,
      'finds flows by flow id, message id and business key, and says by which',
      async (stage) => {
        await stage.put(message(1, { flow: 'x', id: 'x', keys: [{ name: 'orderId', value: 'x' }] }));
        const found = await stage.store.find('x', 10);
        assert.deepEqual(
          found.map(({ flow, kind, name }) => [flow, kind, name]),
          [
            ['x', 'flow', undefined],
            ['x', 'message', undefined],
            ['x', 'business-key', 'orderId'],
          ],
        );
        assert.deepEqual(await stage.store.find('y', 10), []);
        assert.deepEqual(await stage.store.find(`' OR 1=1 --`, 10), []);
      },
    ),

    behaviour(open, 'finds the youngest flows of a key that many have', async (stage) => {
      const keys = [{ name: 'customer', value: 'c-1' }];
      await stage.put(...[1, 2, 3, 4].map((seq) => message(seq, { keys })));
      const found = await stage.store.find('c-1', 2);
      assert.deepEqual(
        found.map(({ flow }) => flow),
        ['f-4', 'f-3'],
      );
    }),

    behaviour(open, 'counts a queue by its two ends, with other subjects in between', async (stage) => {
      const other = { subject: 'evt.order.paid.v1' };
      await stage.put(message(1), message(2, other), message(3), message(4), message(5, other), message(6));
      const between = (after: number, upTo: number): Promise<number> =>
        stage.store.between('evt.order.placed.v1', 1, after, upTo);
      assert.deepEqual([await between(0, 6), await between(1, 6), await between(3, 4)], [4, 3, 1]);
      assert.deepEqual([await between(6, 6), await between(4, 3)], [0, 0]);
      assert.equal(await stage.store.between('evt.unknown.v1', 1, 0, 9), 0);
    }),

    behaviour(open, 'lists flows, youngest first, by state, type, time and place', async (stage) => {
      await stage.put(message(1), message(2, { type: 'stock.short.v1' }), message(3), message(4));
      await stage.store.settle([{ n: await stage.numberOf('f-3'), id: 'f-3', version: 1 }]);
      const ids = async (slice: Partial<FlowSlice>): Promise<string[]> => {
        const all = { since: 0, until: Number.MAX_SAFE_INTEGER, limit: 10 };
        return (await stage.store.flows({ ...all, ...slice })).map(({ id }) => id);
      };
      assert.deepEqual(await ids({}), ['f-4', 'f-3', 'f-2', 'f-1']);
      assert.deepEqual(await ids({ unsettled: true }), ['f-4', 'f-2', 'f-1']);
      assert.deepEqual(await ids({ unsettled: false }), ['f-3']);
      assert.deepEqual(await ids({ types: ['stock.short.v1', 'unknown.v1'] }), ['f-2']);
      assert.deepEqual(await ids({ types: ['unknown.v1'] }), []);
      assert.deepEqual(await ids({ since: 10_002, until: 10_004 }), ['f-3', 'f-2']);
      const [first] = await stage.store.flows({ since: 0, until: 99_999, limit: 1 });
      assert.ok(first);
      assert.deepEqual(await ids({ before: first, limit: 2 }), ['f-3', 'f-2']);
    }),

    behaviour(open, 'tells of several flows what it tells of each', async (stage) => {
      await stage.put(
        message(1),
        message(2, { type: 'order.paid.v1' }),
        message(3, { flow: 'f-1' }),
        message(4),
      );
      const failure = { failure: 'x', id: undefined, reason: 'poison', error: undefined, at: 1 };
      const letter = {
        pos: positionOf(2, 1),
        letter: 1,
        of: positionOf(1, 3),
        step: 'payments__authorize',
        ...failure,
      };
      await stage.write({ evidence: [answer(1), answer(2, { answer: 'nak' })], letters: [letter] });
      const numbers = await Promise.all(['f-1', 'f-2', 'f-4'].map((id) => stage.numberOf(id)));
      const records = await stage.store.records([...numbers, Number.MAX_SAFE_INTEGER]);
      assert.deepEqual(new Set(records.keys()), new Set(numbers));
      for (const n of numbers) assert.deepEqual(records.get(n), await stage.store.flow(n));
      assert.equal(records.get(numbers[0] ?? 0)?.letters.length, 1);
    }),

    behaviour(
      open,
      'takes back that a flow is settled when something more is written of it',
      async (stage) => {
        await stage.put(message(1));
        const n = await stage.numberOf('f-1');
        const unsettled = { unsettled: true, since: 0, until: 99_999, limit: 10 };
        for (const seq of [2, 3]) {
          await stage.store.settle([{ n, id: 'f-1', version: (await stage.store.flow(n))?.version ?? 0 }]);
          assert.deepEqual(await stage.store.flows(unsettled), []);
          await stage.put(message(seq, { flow: 'f-1' }));
          assert.deepEqual(
            (await stage.store.flows(unsettled)).map(({ id }) => id),
            ['f-1'],
          );
        }
      },
    ),

    behaviour(open, 'calls a flow settled only as it was when it was judged', async (stage) => {
      await stage.put(message(1));
      const n = await stage.numberOf('f-1');
      const judged = await stage.store.flow(n);
      await stage.put(message(2, { flow: 'f-1' }));
      await stage.store.settle([{ n, id: 'f-1', version: judged?.version ?? 0 }]);
      const slice = { unsettled: true, since: 0, until: 99_999, limit: 10 };
      assert.equal((await stage.store.flows(slice)).length, 1);
      await stage.store.settle([{ n, id: 'f-1', version: (await stage.store.flow(n))?.version ?? 0 }]);
      assert.equal((await stage.store.flows(slice)).length, 0);
      await stage.store.unsettle('evt.order.placed.v1', 7);
      assert.equal((await stage.store.flows(slice)).length, 1);
      assert.equal((await stage.store.flow(n))?.census, 7);
    }),

    behaviour(open, 'shows no more of a flow than was asked for, and says so', async (stage) => {
      await stage.put(...[1, 2, 3].map((seq) => message(seq, { flow: 'f' })));
      const record = await stage.store.flow(await stage.numberOf('f'), 2);
      assert.deepEqual([record?.messages.length, record?.truncated], [2, true]);
      assert.equal((await stage.store.flow(await stage.numberOf('f'), 3))?.truncated, false);
      assert.equal(await stage.store.flow(4_711), undefined);
    }),

    behaviour(open, 'reads no answers and letters of messages that it does not show', async (stage) => {
      const fields = { flow: 'f' };
      await stage.put(message(1, fields), message(2, fields), message(3, fields), message(4, fields));
      const letter = { failure: 'x', id: undefined, reason: 'poison', error: undefined, at: 1 };
      const letters = [1, 4].map((seq) => ({
        ...letter,
        letter: seq,
        pos: positionOf(2, seq),
        of: positionOf(1, seq),
        step: 'payments__authorize',
      }));
      await stage.write({ evidence: [1, 2, 3, 4].map((seq) => answer(seq)), letters });
      const n = await stage.numberOf('f');
      const seen = async (limit: number) => {
        const record = await stage.store.flow(n, limit);
        return [record?.messages.length, record?.evidence.length, record?.letters.length];
      };
      assert.deepEqual(await seen(4), [4, 4, 2]);
      assert.deepEqual(await seen(2), [2, 3, 1]);
      const last = await stage.store.last(n, 'f', 2);
      assert.deepEqual(
        last.map(({ id }) => id),
        ['m-3', 'm-4'],
      );
    }),

    behaviour(
      open,
      'finds the flows that one handed off to, the youngest, until they are dropped',
      async (stage) => {
        const child = (seq: number, parent: string) => message(seq, { flow: `f/${seq}`, parent });
        await stage.put(message(1, { flow: 'f' }), child(2, 'f'), child(3, 'f'), child(4, 'g'));
        await stage.put(message(5, { flow: 'f/2', parent: 'g' }), message(6, { flow: 'f', parent: 'f' }));
        const of = async (parent: string, limit = 10): Promise<(string | undefined)[]> => {
          const numbers = await stage.store.handedOff(parent, limit);
          return Promise.all(numbers.map(async (n) => (await stage.store.flow(n))?.id));
        };
        assert.deepEqual(await of('f'), ['f/3', 'f/2']);
        assert.deepEqual(await of('f', 1), ['f/3']);
        assert.deepEqual(await of('g'), ['f/4']);
        assert.deepEqual(await of('f/2'), []);
        await stage.store.retain(1, 4);
        assert.deepEqual(await of('f'), ['f/2']);
        await stage.store.retain(1, 6);
        assert.deepEqual(await of('f'), []);
      },
    ),

    behaviour(
      open,
      'drops what its stream dropped, copies and keys with it, and nothing else',
      async (stage) => {
        const copy = { pos: positionOf(4, 9), id: 'm-1', flow: 'f-1', of: positionOf(1, 1) };
        const keys = [{ name: 'orderId', value: 'o-1' }];
        await stage.put(message(1, { keys }), message(2, { flow: 'f-1' }), message(3), message(9, copy));
        await stage.write({ evidence: [answer(1), answer(3)] });
        assert.equal(await stage.store.retain(1, 2), false);
        const left = await stage.store.flow(await stage.numberOf('f-1'));
        assert.deepEqual([left?.messages.map(({ id }) => id), left?.evidence], [['m-2'], []]);
        await stage.store.retain(1, 3);
        assert.deepEqual(await stage.store.find('o-1', 1), []);
        assert.equal((await stage.store.flow(await stage.numberOf('f-3')))?.evidence.length, 1);
      },
    ),

    behaviour(open, 'drops a flow of which nothing is left but messages to single steps', async (stage) => {
      const wake = { pos: positionOf(4, 9), id: 'wake', flow: 'f-1', target: 'payments__authorize' };
      await stage.put(message(1), message(2), message(9, wake));
      await stage.write({ evidence: [answer(1), { ...answer(9), pos: wake.pos }] });
      await stage.store.retain(1, 2);
      assert.deepEqual(await stage.store.find('f-1', 1), []);
      assert.deepEqual(await stage.store.find('wake', 1), []);
      assert.equal((await stage.store.flow(await stage.numberOf('f-2')))?.messages.length, 1);
    }),

    behaviour(open, 'drops copies that came after their original was dropped', async (stage) => {
      await stage.put(message(1), message(2));
      await stage.store.retain(1, 2);
      const copy = { id: 'm-1', flow: 'f-1', of: positionOf(1, 1) };
      const own = { id: 'm-2', flow: 'f-2', of: positionOf(1, 2) };
      await stage.put(message(8, { ...copy, pos: positionOf(4, 8) }));
      await stage.put(message(9, { ...own, pos: positionOf(4, 9) }));
      await stage.store.retain(1, 2);
      assert.deepEqual(await stage.store.find('f-1', 1), []);
      assert.equal((await stage.store.flow(await stage.numberOf('f-2')))?.messages.length, 2);
    }),

    behaviour(open, 'finds what comes again of a flow that was dropped', async (stage) => {
      const fields = { flow: 'f', keys: [{ name: 'orderId', value: 'o-1' }] };
      await stage.put(message(1, fields), message(2));
      await stage.store.retain(1, 2);
      await stage.put(message(3, fields));
      for (const key of ['f', 'm-3', 'o-1'])
        assert.deepEqual([key, (await stage.store.find(key, 1)).map(({ flow }) => flow)], [key, ['f']]);
    }),
  ];
}
