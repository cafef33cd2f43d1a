import assert from 'node:assert/strict';
import { positionOf } from '../model/record.ts';
import { type Behaviour, behaviour, type Open } from './behaviour.ts';
import { answer, EVENTS, message, registered } from './stage.ts';

/** What a store promises of what is written to it. */
export function keeping(open: Open): Behaviour[] {
  return [
    behaviour(open, 'keeps a message with all that is known of it', async (stage) => {
      const copy = { of: positionOf(1, 3), target: 'payments__authorize', due: 9_000, attempt: 2, letter: 7 };
      const sent = { source: '/payments/authorize', trace: '0af7651916cd43dd8448eb211c80319c' };
      const said = { saidAt: 9_999, cause: 'm-0', parent: 'f-0', ...sent };
      const kept = message(4, { ...said, ...copy, app: 'payments', emittedBy: 'payments__authorize' });
      await stage.put(kept);
      const record = await stage.store.flow(await stage.numberOf('f-4'));
      const { keys: _keys, share: _share, ...expected } = kept;
      assert.deepEqual(record?.messages, [expected]);
    }),

    behaviour(open, 'keeps positions that no 32 bits hold', async (stage) => {
      const far = message(3_000_000_000, { size: 2 ** 31 + 5 });
      await stage.put(far);
      const record = await stage.store.flow(await stage.numberOf(far.id));
      assert.deepEqual(
        record?.messages.map(({ seq, size }) => [seq, size]),
        [[far.seq, far.size]],
      );
    }),

    behaviour(open, 'keeps a message once that is written twice', async (stage) => {
      await stage.put(message(1));
      await stage.put(message(1));
      const record = await stage.store.flow(await stage.numberOf('f-1'));
      assert.equal(record?.messages.length, 1);
    }),

    behaviour(open, 'goes on where it ended: positions, streams, consumers and flows', async (stage) => {
      await stage.put(message(1));
      const asOf = { asOf: 900, census: await stage.store.beginCensus() };
      await stage.write({ durables: [registered({ delivered: 1 })], asOf });
      await stage.store.open();
      const known = { ...asOf, streams: [EVENTS], durables: [registered({ delivered: 1 })], lettersSince: 0 };
      assert.deepEqual(await stage.store.known(), known);
      const [first] = await stage.store.shares.positions();
      assert.deepEqual(first, { share: 0, upto: { 1: 1 } });
      await stage.put(message(2, { flow: 'f-1' }), message(3));
      const record = await stage.store.flow(await stage.numberOf('f-1'));
      assert.deepEqual(
        record?.messages.map(({ seq }) => seq),
        [1, 2],
      );
      assert.notEqual(await stage.numberOf('f-1'), await stage.numberOf('f-3'));
    }),

    behaviour(open, 'goes on with a flow that somebody else wrote', async (stage) => {
      const key = (name: string, value: string) => ({ name, value });
      await stage.put(message(2, { flow: 'f', keys: [key('orderId', 'o-1')] }), message(3));
      const other = await stage.another();
      const keys = [key('parcel', 'o-1'), key('orderId', 'o-1'), key('orderId', 'o-2')];
      await other.put(message(4, { flow: 'f', type: 'order.paid.v1', keys }), message(5));
      await other.put(message(6, { flow: 'f', keys }));
      const record = await other.store.flow(await other.numberOf('f'));
      const begun = async (type: string) => {
        const slice = { types: [type], since: 0, until: 99_999, limit: 5 };
        return (await other.store.flows(slice)).filter(({ id }) => id === 'f').map(({ started }) => started);
      };
      assert.deepEqual([await begun('order.placed.v1'), await begun('order.paid.v1')], [[10_002], []]);
      assert.deepEqual(
        record?.messages.map(({ seq }) => seq),
        [2, 4, 6],
      );
      const said = async (value: string) =>
        (await other.store.find(value, 5)).map(({ flow, name }) => [flow, name]);
      assert.deepEqual((await said('o-1')).toSorted(), [
        ['f', 'orderId'],
        ['f', 'parcel'],
      ]);
      assert.deepEqual(await said('o-2'), [['f', 'orderId']]);
      await other.put(message(1, { flow: 'f', type: 'order.begun.v1' }));
      assert.deepEqual([await begun('order.begun.v1'), await begun('order.placed.v1')], [[10_001], []]);
    }),

    behaviour(open, 'keeps each of many keys that one flow has', async (stage) => {
      const values = Array.from({ length: 40 }, (_, i) => `${'x'.repeat(50)}\n1 ${i}`);
      for (const [i, value] of values.entries())
        await stage.put(message(i + 1, { flow: 'f', keys: [{ name: 'part', value }] }));
      for (const value of values) assert.deepEqual((await stage.store.find(value, 5)).length, 1, value);
    }),

    behaviour(open, 'writes all of a batch or nothing', async (stage) => {
      const impossible = { ...message(2), id: null as unknown as string };
      await assert.rejects(stage.put(message(1), impossible));
      assert.deepEqual(await stage.store.find('f-1', 1), []);
      const keys = [{ name: 'orderId', value: 'o-1' }];
      await assert.rejects(stage.put(message(1, { keys }), impossible));
      await stage.put(message(1, { keys }));
      for (const key of ['f-1', 'o-1']) assert.equal((await stage.store.find(key, 1)).length, 1);
    }),

    behaviour(open, 'keeps an acknowledgement, whatever is heard later', async (stage) => {
      await stage.put(message(1));
      await stage.write({ evidence: [answer(1)] });
      await stage.write({ evidence: [answer(1, { answer: 'nak', at: 900, nextAt: 999 })] });
      const record = await stage.store.flow(await stage.numberOf('f-1'));
      assert.deepEqual(
        record?.evidence.map(({ answer, at }) => [answer, at]),
        [['ack', 500]],
      );
    }),

    behaviour(open, 'takes several answers to one delivery in one batch, in their order', async (stage) => {
      await stage.put(message(1));
      const evidence = [
        answer(1, { answer: 'nak', at: 1, nextAt: 5 }),
        answer(1, { answer: 'working', at: 6 }),
      ];
      await stage.write({ evidence });
      const record = await stage.store.flow(await stage.numberOf('f-1'));
      assert.deepEqual(
        record?.evidence.map(({ answer, nextAt }) => [answer, nextAt]),
        [['working', undefined]],
      );
    }),

    behaviour(open, 'adds what a notice tells to its delivery, though it came first', async (stage) => {
      const notice = {
        id: 'm-1',
        source: '/storefront',
        type: 'order.placed.v1',
        step: 'payments__authorize',
        at: 700,
      };
      await stage.write({ notices: [{ ...notice, attempt: 2, nextAt: 900, error: 'no luck' }] });
      await stage.put(message(1));
      await stage.write({ durables: [registered()], evidence: [answer(1, { answer: 'nak', nextAt: 800 })] });
      const record = await stage.store.flow(await stage.numberOf('f-1'));
      const [known] = record?.evidence ?? [];
      assert.deepEqual(known, {
        ...answer(1),
        answer: 'nak',
        at: 700,
        attempt: 2,
        nextAt: 900,
        said: 'no luck',
      });
    }),

    behaviour(open, 'keeps letters with their messages', async (stage) => {
      const letter = {
        letter: 5,
        failure: 'x',
        of: positionOf(1, 1),
        id: 'm-1',
        step: 'payments__authorize',
      };
      const failure = { reason: 'poison', error: 'it kills', at: 600 };
      await stage.put(message(1));
      const touched = await stage.write({ letters: [{ pos: positionOf(2, 5), ...letter, ...failure }] });
      assert.deepEqual(touched, [await stage.numberOf('f-1')]);
      const record = await stage.store.flow(await stage.numberOf('f-1'));
      assert.deepEqual(record?.letters, [{ ...letter, ...failure }]);
    }),

    behaviour(open, 'forgets everything when it is told to', async (stage) => {
      await stage.put(message(1, { keys: [{ name: 'orderId', value: 'o-1' }] }));
      await stage.store.clear();
      for (const key of ['f-1', 'm-1', 'o-1']) assert.deepEqual(await stage.store.find(key, 1), []);
      const nothing = { asOf: 0, census: 0, streams: [], durables: [], lettersSince: 0 };
      assert.deepEqual(await stage.store.known(), nothing);
      for (const { upto } of await stage.store.shares.positions()) assert.deepEqual(upto, {});
      assert.equal(await stage.write({}), undefined);
    }),
  ];
}
