import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NatsServer } from '@troupe/broker';
import { onTestFinished } from 'vitest';
import { Bucket } from '../engine/bucket.ts';
import { keys } from '../engine/keys.ts';
import type {
  BranchRecord,
  CommandRecord,
  FanOutRecord,
  FanOutState,
  InstanceRecord,
  MachineState,
  StateValue,
} from '../record.ts';

export const AT = '2026-01-01T00:00:00.000Z';

/** An instance that picks, unless told otherwise. */
export function instanceRecord(changes: Partial<InstanceRecord> = {}): InstanceRecord {
  return {
    orchestration: 'fulfilment',
    version: 1,
    id: 'f-1',
    revision: 1,
    status: 'running',
    snapshot: machineState('picking'),
    handled: [],
    deferred: [],
    commands: [],
    fanOuts: [],
    timers: [],
    pending: [],
    problems: [],
    startedAt: AT,
    updatedAt: AT,
    ...changes,
  };
}

export function commandRecord(changes: Partial<CommandRecord> = {}): CommandRecord {
  return {
    id: 'c-1',
    name: 'station.reserve',
    contract: 'station.reserve.v1',
    status: 'open',
    dispatchedAt: AT,
    resubmitted: 0,
    sends: 1,
    ...changes,
  };
}

export function machineState(value: StateValue, context: Record<string, unknown> = {}): MachineState {
  return { value, context, status: 'active' };
}

export function fanOutState(changes: Partial<FanOutState> = {}): FanOutState {
  return {
    id: 'picks',
    name: 'picks',
    contract: 'item.pick.v1',
    join: 'all',
    total: 3,
    status: 'open',
    dispatchedAt: AT,
    resubmitted: 0,
    sends: 1,
    ...changes,
  };
}

export function fanOutRecord(changes: Partial<FanOutRecord> = {}): FanOutRecord {
  return {
    id: 'picks',
    join: 'all',
    total: 3,
    sent: 1,
    over: '',
    answered: 0,
    failed: 0,
    joined: false,
    ...changes,
  };
}

export function branchRecord(index: number, changes: Partial<BranchRecord> = {}): BranchRecord {
  return {
    id: `b-${index}`,
    fanOut: 'picks',
    key: `line-${index}`,
    index,
    contract: 'item.pick.v1',
    status: 'open',
    dispatchedAt: AT,
    ...changes,
  };
}

/** A bucket of an app, and hands that write records into it as the engine does. */
export interface Written {
  readonly client: NatsConnection;
  readonly bucket: Bucket;
  instance(record: InstanceRecord): Promise<void>;
  fanOut(id: string, record: FanOutRecord): Promise<void>;
  branch(id: string, record: BranchRecord): Promise<void>;
  remove(key: string): Promise<void>;
  /** Takes a key away as the broker does when its time is over: nobody is told. */
  expire(key: string): Promise<void>;
  /** Writes a text as it is. */
  edit(key: string, text: string): Promise<void>;
}

let buckets = 0;

/** A bucket of its own; its connection ends with the test. */
export async function writtenBucket(server: NatsServer): Promise<Written> {
  const client = await connect({ servers: server.url });
  onTestFinished(() => client.close());
  const bucket = await Bucket.of(client, `orc_shop${++buckets}`);
  await bucket.make(1);
  const put = async (key: string, record: object): Promise<void> => {
    const { revision } = await bucket.get(key);
    await bucket.put(key, record, revision);
  };
  const edit = async (key: string, text: string): Promise<void> => {
    await client.request(bucket.subject(key), text);
  };
  return {
    client,
    bucket,
    instance: (record) => put(keys.instance(record.orchestration, record.id), record),
    fanOut: (id, record) => put(keys.fanOut('fulfilment', id, record.id), record),
    branch: (id, record) => put(keys.branch('fulfilment', id, record.id), record),
    remove: (key) => edit(key, ''),
    expire: async (key) => {
      const manager = await jetstreamManager(client);
      await manager.streams.purge(`KV_${bucket.name}`, { filter: bucket.subject(key) });
    },
    edit,
  };
}
