import {
  AckPolicy,
  type ConsumerInfo,
  DeliverPolicy,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { Operation } from '../dead-letters/operation.ts';
import type { Operations } from '../dead-letters/operations.ts';
import { type Names, stepName } from '../naming.ts';
import { beforeWindow, firstStoredAt } from './age.ts';
import { consumersOf, type Hold, notAllListed, unsettledBy } from './holds.ts';
import type { Pruning } from './prune.ts';
import { firstFrom } from './stored.ts';

/** What may be purged: what was stored before a time, in ms since the epoch. */
interface Options {
  readonly before: number;
  readonly dryRun: boolean;
  /** What was done about dead letters, redrives among it. */
  readonly operations: Operations;
}

/**
 * Purges redrives and delayed retries that the step of their subject has settled, up to its lowest unsettled one.
 * Schedules stay, and so does what is for a step that has no consumer. What a redrive that is not finished sent stays
 * too: whoever resumes it looks for it, and would send again what is gone.
 */
export async function pruneDelayed(
  manager: JetStreamManager,
  names: Names,
  options: Options,
): Promise<Pruning[]> {
  const streams: string[] = [];
  for await (const name of manager.streams.names())
    if (name.startsWith(names.delayed(''))) streams.push(name);
  const redrives = await unfinishedRedrives(options.operations);
  const prunings: Pruning[] = [];
  for (const stream of streams.sort()) {
    const app = stream.slice(names.delayed('').length);
    prunings.push(await pruneOf(manager, names, { stream, app, redrives, ...options }));
  }
  return prunings;
}

interface Scope extends Omit<Options, 'operations'> {
  readonly stream: string;
  readonly app: string;
  readonly redrives: readonly Operation[];
}

async function pruneOf(
  manager: JetStreamManager,
  names: Names,
  { stream, app, redrives, before, dryRun }: Scope,
): Promise<Pruning> {
  // Before the consumers are: what is stored after this is not looked at, and never purged.
  const subjects = `${names.redriveSubject(app, '*')}.*`;
  const info = await manager.streams.info(stream, { subjects_filter: subjects });
  const waiting = countsByStep(info);
  if (waiting.size === 0) return { stream, messages: 0, heldBy: [] };
  const young = await firstStoredAt(manager, info, beforeWindow(info, before));
  const consumers = await consumersOf(manager, stream);
  const durables = consumers.filter(({ config }) => config.durable_name !== undefined);
  const filterOf = (step: string): string => `${names.redriveSubject(app, step)}.*`;
  const own = new Map([...waiting.keys()].map((step) => [step, takerOf(filterOf(step), durables)]));
  const takers = new Set(own.values());
  const holds: (Hold | undefined)[] = [];
  const { first_seq: first, consumer_count } = info.state;
  if (consumers.length < consumer_count)
    holds.push(notAllListed(consumers.length, { first, consumers: consumer_count }));
  for (const redrive of redrives) holds.push(await heldByRedrive(manager, info, redrive));
  for (const other of durables.filter((durable) => !takers.has(durable)))
    holds.push(await unsettledBy(manager, stream, other));

  let messages = 0;
  const heldBy = new Set<Hold>();
  for (const [step, taker] of own) {
    const filter = filterOf(step);
    const ofStep =
      taker === undefined
        ? await missing(manager, stream, stepName(app, step), filter)
        : await unsettledBy(manager, stream, taker);
    const keeping = [...holds, ofStep].filter((hold) => hold !== undefined && hold.from < young) as Hold[];
    for (const hold of keeping) heldBy.add(hold);
    const below = Math.min(young, ...keeping.map(({ from }) => from));
    if (below <= first) continue;
    if (dryRun) messages += (waiting.get(step) ?? 0) - (await countFrom(manager, stream, filter, below));
    else messages += (await manager.streams.purge(stream, { filter, seq: below })).purged;
  }
  return { stream, messages, heldBy: [...heldBy].sort((a, b) => a.from - b.from) };
}

/** How many messages the stream has of each step. */
function countsByStep({ state }: StreamInfo): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [subject, count] of Object.entries(state.subjects ?? {})) {
    const step = subject.split('.').at(-2) ?? '';
    counts.set(step, (counts.get(step) ?? 0) + count);
  }
  return counts;
}

/** The durable that takes these subjects and no others. */
function takerOf(filter: string, durables: readonly ConsumerInfo[]): ConsumerInfo | undefined {
  return durables.find(({ config }) => config.filter_subject === filter);
}

async function missing(
  manager: JetStreamManager,
  stream: string,
  step: string,
  filter: string,
): Promise<Hold | undefined> {
  const first = await firstFrom(manager, stream, 1, filter);
  if (first === undefined) return undefined;
  const since = first.time.toISOString();
  const sentence = `${step} has no consumer on ${stream}, and a message of ${since} waits for it: start its app, or purge ${filter}.`;
  return { reason: 'consumer-missing', consumer: step, step, from: first.seq, since, sentence };
}

/** Redrives that may be resumed, and do not know of each letter whether it was sent. */
async function unfinishedRedrives(operations: Operations): Promise<Operation[]> {
  const redrives: Operation[] = [];
  for await (const operation of operations.all())
    if (operation.kind === 'redrive' && (operation.state === 'running' || operation.state === 'paused'))
      redrives.push(operation);
  return redrives;
}

async function heldByRedrive(
  manager: JetStreamManager,
  info: StreamInfo,
  { id, startedAt: since }: Operation,
): Promise<Hold> {
  const from = await firstStoredAt(manager, info, Date.parse(since));
  const sentence = `Redrive ${id} of ${since} is not finished: run troupe dead-letters operations resume ${id}.`;
  return { reason: 'redrive-unfinished', from, since, sentence };
}

/** How many messages of a subject the stream has from a sequence on. */
async function countFrom(
  manager: JetStreamManager,
  stream: string,
  filter: string,
  seq: number,
): Promise<number> {
  const { name, num_pending } = await manager.consumers.add(stream, {
    filter_subject: filter,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: seq,
    ack_policy: AckPolicy.None,
    mem_storage: true,
    inactive_threshold: nanos(5_000),
  });
  await manager.consumers.delete(stream, name).catch(() => {}); // it ends by itself too
  return num_pending;
}
