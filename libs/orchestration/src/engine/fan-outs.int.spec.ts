import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { definitionOf } from '../definition/definition.ts';
import { bitsOf } from '../kernel/bits.ts';
import { parcelOptions } from '../parcel.spec.support.ts';
import type { BranchRecord, FanOutRecord, FanOutState, InstanceRecord } from '../record.ts';
import { giveUpBranches } from './branches.ts';
import { Bucket } from './bucket.ts';
import { FanOuts } from './fan-outs.ts';
import { keys } from './keys.ts';

const definition = definitionOf(parcelOptions);

describe('the branches of a fan-out', () => {
  let server: NatsServer;
  let client: NatsConnection;
  let bucket: Bucket;
  let fanOuts: FanOuts;
  let id: string;
  let instances = 0;

  beforeAll(async () => {
    server = await startNatsServer();
    client = await connect({ servers: server.url, noAsyncTraces: true });
    bucket = await Bucket.of(client, 'orc_shop');
    await bucket.make(1);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });
  beforeEach(async () => {
    id = `p-${++instances}`;
    fanOuts = new FanOuts(bucket, 'parcel', '24h');
    await fanOuts.dispatch(id, { fanOut, branches: [branch(0), branch(1)] });
  });

  it('are counted when they are given up, also one that a process ended and died before it counted', async () => {
    await leftUncounted({ ...branch(0), status: 'failed', endedBy: 'an earlier wake-up' });
    await giveUpBranches({ definition, fanOuts }, overdue(id), 'wake-up');
    expect(await fanOuts.join(id, 'picks-1')).toMatchObject({ failed: 2, joined: true });
  });

  it('are counted by the answer that comes again after its process died', async () => {
    await leftUncounted({ ...branch(0), status: 'answered', endedBy: 'answer' });
    const ended = await fanOuts.end(id, branch(0).id, 'answer', () => undefined);
    expect(ended?.join).toMatchObject({ answered: 1, joined: false });
  });

  it('are those of the input that dispatched them last, where two decided the same step', async () => {
    const other = { ...branch(0), fanOut: 'picks-2' };
    await fanOuts.dispatch(id, { fanOut: { ...fanOut, id: 'picks-2', total: 1 }, branches: [other] });
    expect(await fanOuts.branches(id, 'picks-2')).toEqual([other]);
  });

  /** As a process leaves it that dies between the two writes. */
  async function leftUncounted(ended: BranchRecord): Promise<void> {
    const key = keys.branch('parcel', id, ended.id);
    const { revision } = await bucket.get(key);
    await bucket.put(key, ended, revision);
    fanOuts = new FanOuts(bucket, 'parcel', '24h');
  }
});

const fanOut: FanOutRecord = {
  id: 'picks-1',
  join: 'all',
  total: 2,
  sent: 2,
  over: bitsOf(2),
  answered: 0,
  failed: 0,
  joined: false,
};

function branch(index: number): BranchRecord {
  return {
    id: `command-${index}`,
    fanOut: 'picks-1',
    key: `item-${index}`,
    index,
    contract: 'item.pick.v1',
    status: 'open',
    dispatchedAt: '2026-01-01T00:00:00.000Z',
  };
}

/** An instance whose fan-out was sent as often as it may be. */
function overdue(id: string): InstanceRecord {
  const picks: FanOutState = {
    id: 'picks-1',
    name: 'picks',
    contract: 'item.pick.v1',
    join: 'all',
    total: 2,
    status: 'open',
    dispatchedAt: '2026-01-01T00:00:00.000Z',
    dueAt: '2026-01-01T00:01:00.000Z',
    resubmitted: 1,
    sends: 2,
  };
  return {
    orchestration: 'parcel',
    version: 1,
    id,
    revision: 2,
    status: 'running',
    snapshot: null,
    handled: [],
    deferred: [],
    commands: [],
    fanOuts: [picks],
    timers: [],
    pending: [],
    problems: [],
    startedAt: picks.dispatchedAt,
    updatedAt: picks.dispatchedAt,
  };
}
