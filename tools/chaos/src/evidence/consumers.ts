import { type ConsumerInfo, jetstream } from '@nats-io/jetstream';
import type { Brokers } from '../brokers.ts';
import { EVENTS } from '../faults/messages.ts';

/** A step's consumer of one type of event. */
export interface Subscription {
  /** `payments/authorize`. */
  readonly step: string;
  /** CloudEvents type. */
  readonly type: string;
}

/** What waits in the broker. */
export interface Backlog {
  /** Stored, and handed to no instance yet. */
  readonly waiting: number;
  /** Handed out, and not answered. */
  readonly inHand: number;
  /** Retries, and deadlines that come within the hour. */
  readonly scheduled: number;
}

export function sizeOf({ waiting, inHand, scheduled }: Backlog): number {
  return waiting + inHand + scheduled;
}

/** Which step consumes what, as the broker has it: `<app>__<step>__<type>_v<major>`. */
export async function readSubscriptions(brokers: Brokers): Promise<Subscription[]> {
  return (await consumersOf(brokers, EVENTS)).flatMap(({ name, config }) => {
    const [app, step, ...rest] = name.split('__');
    if (rest.length !== 1) return [];
    const [, ...tokens] = (config.filter_subject ?? '').split('.');
    return [{ step: `${app}/${step}`, type: tokens.slice(0, -1).join('.') }];
  });
}

/** @throws whatever keeps the broker from answering */
export async function readBacklog(brokers: Brokers): Promise<Backlog> {
  let waiting = 0;
  let inHand = 0;
  let scheduled = 0;
  for (const stream of await workStreams(brokers)) {
    for (const { num_pending, num_ack_pending } of await consumersOf(brokers, stream)) {
      waiting += num_pending;
      inHand += num_ack_pending;
    }
    if (stream !== EVENTS) scheduled += await schedulesOf(brokers, stream, waiting + inHand > 0);
  }
  return { waiting, inHand, scheduled };
}

/** The streams from which steps are fed. */
async function workStreams({ manager }: Brokers): Promise<string[]> {
  const names: string[] = [];
  for await (const name of manager.streams.names()) names.push(name);
  return names.filter((name) => name === EVENTS || name.startsWith('DELAYED_'));
}

const SCHEDULES = 'sch.>';
const HOUR = 3_600_000;

/** @param roughly those for later are counted too: with other work there, it makes no difference */
async function schedulesOf(brokers: Brokers, stream: string, roughly: boolean): Promise<number> {
  const { state } = await brokers.manager.streams.info(stream, { subjects_filter: SCHEDULES });
  const count = Object.values(state.subjects ?? {}).reduce((sum, messages) => sum + messages, 0);
  return count === 0 || roughly ? count : schedulesSoon(brokers, stream);
}

/** What an orchestration armed for days is still there when it is over, and does nothing then. */
async function schedulesSoon({ client }: Brokers, stream: string): Promise<number> {
  const consumer = await jetstream(client).consumers.get(stream, {
    filter_subjects: SCHEDULES,
    headers_only: true,
  });
  let soon = 0;
  for await (const { headers, info } of await consumer.consume()) {
    const at = Date.parse(headers?.get('Nats-Schedule').replace(/^@at /, '') ?? '');
    if (!(at > Date.now() + HOUR)) soon++;
    if (info.pending === 0) break;
  }
  return soon;
}

/** Those of steps: whoever only reads along, as the ledger does, has consumers that leave with it, later. */
async function consumersOf({ manager }: Brokers, stream: string): Promise<ConsumerInfo[]> {
  const found: ConsumerInfo[] = [];
  for await (const info of manager.consumers.list(stream))
    if (info.config.durable_name !== undefined) found.push(info);
  return found;
}
