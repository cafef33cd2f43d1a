import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../engine/keys.ts';
import { Instances } from './instances.ts';
import { instanceRecord, machineState, writtenBucket } from './records.spec.support.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server?.stop());

/** `f-<n>`, begun `n` minutes after the first. */
function numbered(n: number, changes: Parameters<typeof instanceRecord>[0] = {}) {
  const startedAt = new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
  return instanceRecord({ id: `f-${n}`, startedAt, ...changes });
}

const idsOf = ({ instances }: { instances: readonly { id: string }[] }): string[] =>
  instances.map(({ id }) => id);

describe('lists of instances', () => {
  it('go page by page, youngest first, each instance once, whatever was written last', async () => {
    const { bucket, instance } = await writtenBucket(server);
    for (const n of [3, 1, 5, 2, 4]) await instance(numbered(n));
    await instance(numbered(1));
    const instances = new Instances(bucket, 'fulfilment');
    const first = await instances.page({}, 2);
    expect(idsOf(first)).toEqual(['f-5', 'f-4']);
    await instance(numbered(6));
    const second = await instances.page({}, 2, first.next);
    expect(idsOf(second)).toEqual(['f-3', 'f-2']);
    const third = await instances.page({}, 2, second.next);
    expect(idsOf(third)).toEqual(['f-1']);
    expect(third.next).toBeUndefined();
    expect(idsOf(await instances.page({}, 9))).toEqual(['f-6', 'f-5', 'f-4', 'f-3', 'f-2', 'f-1']);
  });

  it('find by status, and by a state or one within it', async () => {
    const { bucket, instance } = await writtenBucket(server);
    await instance(numbered(1, { snapshot: machineState('picking') }));
    await instance(
      numbered(2, { snapshot: machineState({ packing: { label: 'printing' }, billing: 'due' }) }),
    );
    await instance(numbered(3, { status: 'suspended', snapshot: machineState('picking') }));
    await instance(numbered(4, { status: 'accepted', snapshot: null }));
    await instance(numbered(5, { orchestration: 'return' }));
    const instances = new Instances(bucket, 'fulfilment');
    const found = async (filter: object) => idsOf(await instances.page(filter, 9));
    expect(await found({ status: 'suspended' })).toEqual(['f-3']);
    expect(await found({ state: 'picking' })).toEqual(['f-3', 'f-1']);
    expect(await found({ state: 'picking', status: 'running' })).toEqual(['f-1']);
    for (const state of ['packing', 'packing.label', 'packing.label.printing', 'billing.due'])
      expect(await found({ state }), state).toEqual(['f-2']);
    for (const state of ['label', 'packing.label.printing.x', 'billing.x', 'toString'])
      expect(await found({ state }), state).toEqual([]);
    await instance(numbered(3, { snapshot: machineState('shipped') }));
    expect(await found({ status: 'suspended' })).toEqual([]);
    expect(await found({ state: 'shipped' })).toEqual(['f-3']);
  });

  it('leave out what is removed, what the broker removed by itself, and count what cannot be read', async () => {
    const { bucket, instance, remove, expire, edit } = await writtenBucket(server);
    for (const n of [1, 2, 3]) await instance(numbered(n, { status: 'completed' }));
    const instances = new Instances(bucket, 'fulfilment');
    expect(idsOf(await instances.page({}, 9))).toEqual(['f-3', 'f-2', 'f-1']);
    await remove(keys.instance('fulfilment', 'f-1'));
    await expire(keys.instance('fulfilment', 'f-3'));
    await edit(keys.instance('fulfilment', 'f-4'), '{"digest":"","record":{}}');
    const left = await instances.page({}, 9);
    expect(idsOf(left)).toEqual(['f-2']);
    expect(left.damaged).toBe(1);
  });

  it('remember the instances that changed last', async () => {
    const { bucket, instance } = await writtenBucket(server);
    for (const n of [1, 2, 3]) await instance(numbered(n));
    await instance(numbered(1));
    expect(idsOf(await new Instances(bucket, 'fulfilment', 2).page({}, 9))).toEqual(['f-3', 'f-1']);
  });
});
