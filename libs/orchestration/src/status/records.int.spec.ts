import { type NatsServer, startNatsServer } from '@troupe/broker';
import { EffectsUnavailableError } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bucket } from '../engine/bucket.ts';
import { keys } from '../engine/keys.ts';
import { RecordDamagedError } from '../errors.ts';
import { follow } from './changes.ts';
import {
  branchRecord,
  fanOutRecord,
  fanOutState,
  instanceRecord,
  writtenBucket,
} from './records.spec.support.ts';
import { MOST_SHOWN, Records } from './records.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server?.stop());

describe('the records of an instance', () => {
  it('have a tag that changes with the instance and with each of its fan-outs, and only then', async () => {
    const { bucket, instance, fanOut } = await writtenBucket(server);
    const records = new Records(bucket);
    expect(await records.find('fulfilment', 'f-1')).toBeUndefined();
    await instance(instanceRecord({ fanOuts: [fanOutState()] }));
    await fanOut('f-1', fanOutRecord());
    const first = await records.find('fulfilment', 'f-1');
    expect(first).toMatchObject({ isOver: false, joins: [{ id: 'picks', answered: 0 }] });
    await instance(instanceRecord({ id: 'f-2' }));
    expect((await records.find('fulfilment', 'f-1'))?.etag).toBe(first?.etag);
    await fanOut('f-1', fanOutRecord({ answered: 1 }));
    const second = await records.find('fulfilment', 'f-1');
    await instance(instanceRecord({ fanOuts: [fanOutState()], status: 'completed' }));
    const third = await records.find('fulfilment', 'f-1');
    expect(third?.isOver).toBe(true);
    expect(new Set([first?.etag, second?.etag, third?.etag]).size).toBe(3);
    expect(await records.find('return', 'f-1')).toBeUndefined();
  });

  it('give branches by fan-out in the order of their indices, and to a status not too many', async () => {
    const { bucket, instance, branch } = await writtenBucket(server);
    const records = new Records(bucket);
    await instance(
      instanceRecord({ fanOuts: [fanOutState(), fanOutState({ id: 'checks', name: 'checks' })] }),
    );
    for (const index of [2, 0, 1]) await branch('f-1', branchRecord(index));
    await branch('f-1', branchRecord(0, { id: 'x', fanOut: 'checks' }));
    const branches = await records.branches({ orchestration: 'fulfilment', id: 'f-1' });
    expect(branches.get('picks')?.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(branches.get('checks')).toHaveLength(1);

    const shown = (...totals: number[]) => {
      const fanOuts = totals.map((total) => fanOutState({ total }));
      return records.shownBranches({ record: instanceRecord({ fanOuts }) });
    };
    expect((await shown(3, 1))?.get('picks')).toHaveLength(3);
    expect(await shown(MOST_SHOWN, 1)).toBeUndefined();
    expect(await shown()).toBeUndefined();
  });

  it('are heard of as soon as the instance or a fan-out is written, whatever its id is', async () => {
    const { client, bucket, instance, fanOut } = await writtenBucket(server);
    const records = new Records(bucket);
    const id = 'a flow. with *';
    await instance(instanceRecord({ id, fanOuts: [fanOutState()] }));
    await fanOut(id, fanOutRecord());
    const stop = new AbortController();
    const subjects = records.subjectsOf('fulfilment', id);
    const look = () => records.find('fulfilment', id);
    const changes = follow({ client, subjects, look, signal: stop.signal });
    const next = async () => (await changes.next()).value;
    expect(await next()).toMatchObject({ joins: [{ answered: 0 }] });
    const started = performance.now();
    const counted = next();
    await fanOut(id, fanOutRecord({ answered: 1 }));
    expect(await counted).toMatchObject({ joins: [{ answered: 1 }] });
    const ended = next();
    await instance(instanceRecord({ id, status: 'completed' }));
    expect(await ended).toMatchObject({ isOver: true });
    expect(performance.now() - started).toBeLessThan(9_000); // sooner than what is looked for unheard
  });

  it('are refused when they were edited by hand, and when there is no bucket', async () => {
    const { client, bucket, edit } = await writtenBucket(server);
    await edit(keys.instance('fulfilment', 'f-1'), JSON.stringify(instanceRecord()));
    await expect(new Records(bucket).find('fulfilment', 'f-1')).rejects.toBeInstanceOf(RecordDamagedError);
    const none = new Records(await Bucket.of(client, 'orc_nobody'));
    await expect(none.find('fulfilment', 'f-1')).rejects.toBeInstanceOf(EffectsUnavailableError);
    await expect(none.branches({ orchestration: 'fulfilment', id: 'f-1' })).rejects.toBeInstanceOf(
      EffectsUnavailableError,
    );
  });
});
