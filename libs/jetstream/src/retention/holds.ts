import {
  type ConsumerInfo,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { durableOf, type Names, SWEEPER } from '../naming.ts';
import { type Manifest, readManifest } from '../topology/manifest.ts';
import { firstFrom } from './stored.ts';

/** A step that is to be there, and the ids of the contracts that it takes. */
export type ExpectedStep = Pick<Manifest, 'step' | 'consumes'>;

/** Why messages stay although they are old enough. */
export interface Hold {
  /**
   * `unsettled`: a consumer has not settled a message; `consumer-missing`: a step has no consumer for what it is to
   * take; `unswept`: a consumer outside the platform gave a message up, of which there is no dead letter yet;
   * `nothing-declared`: no step is known; `not-all-listed`: the broker did not tell of all its consumers;
   * `redrive-unfinished`: a redrive may be resumed; `letters-open`: dead letters that are not dealt with.
   */
  readonly reason:
    | 'unsettled'
    | 'consumer-missing'
    | 'unswept'
    | 'nothing-declared'
    | 'not-all-listed'
    | 'redrive-unfinished'
    | 'letters-open';
  /** The durable, when it is about one. */
  readonly consumer?: string;
  /** `<app>__<step>`, when it is one of the platform. */
  readonly step?: string;
  /** Sequence from which on messages stay. */
  readonly from: number;
  /** When what is waited for was stored, RFC 3339. */
  readonly since?: string;
  /** The same for people. */
  readonly sentence: string;
}

/** What is known of the stream before its consumers are asked. */
interface Known {
  /** Its first sequence: what holds all back holds from there. */
  readonly first: number;
  /** How many consumers it has. */
  readonly consumers: number;
}

/** Everything that keeps messages of EVENTS, whatever their age. Consumers that are not durable keep none. */
export async function holdsOn(
  manager: JetStreamManager,
  names: Names,
  known: Known,
  steps?: readonly ExpectedStep[],
): Promise<Hold[]> {
  const listed = await consumersOf(manager, names.events);
  const durables = listed.filter(({ config }) => config.durable_name !== undefined);
  const expected = expectedOf(steps ?? (await manifestsOf(manager, names, durables)));
  const holds = [
    ...missingFrom(expected, durables, known.first),
    await unsweptOn(manager, names, known.first),
    listed.length < known.consumers && notAllListed(listed.length, known),
    durables.length === 0 && expected.size === 0 && nothingDeclared(known.first),
  ];
  for (const durable of durables) holds.push(await unsettledBy(manager, names.events, durable));
  return holds.filter((hold) => hold !== undefined && hold !== false);
}

export async function consumersOf(manager: JetStreamManager, stream: string): Promise<ConsumerInfo[]> {
  const consumers: ConsumerInfo[] = [];
  for await (const consumer of manager.consumers.list(stream)) consumers.push(consumer);
  return consumers;
}

/** What all consumers of the environment say of their steps: one that lost all on EVENTS has its own on DELAYED left. */
async function manifestsOf(
  manager: JetStreamManager,
  names: Names,
  durables: readonly ConsumerInfo[],
): Promise<Manifest[]> {
  const consumers = [...durables];
  for await (const stream of manager.streams.names()) {
    if (stream.startsWith(names.delayed(''))) consumers.push(...(await consumersOf(manager, stream)));
  }
  return consumers
    .map(({ config }) => readManifest(config.metadata))
    .filter((manifest) => manifest !== undefined);
}

/** The durables that steps must have, and whose each is. */
function expectedOf(steps: readonly ExpectedStep[]): ReadonlyMap<string, string> {
  return new Map(
    steps.flatMap(({ step, consumes }) =>
      consumes.map((contract): [string, string] => [durableOf(step, contract), step]),
    ),
  );
}

function missingFrom(
  expected: ReadonlyMap<string, string>,
  durables: readonly ConsumerInfo[],
  from: number,
): Hold[] {
  const present = new Set(durables.map(({ name }) => name));
  return [...expected]
    .filter(([consumer]) => !present.has(consumer))
    .map(([consumer, step]) => ({
      reason: 'consumer-missing',
      consumer,
      step,
      from,
      sentence: `${step} has no consumer ${consumer}: start its app, or take the step out of what is expected.`,
    }));
}

/** Until a sweep made a dead letter of it, the stream has the only copy. */
async function unsweptOn(manager: JetStreamManager, names: Names, from: number): Promise<Hold | undefined> {
  const floor = await sweptTo(manager, names.notices);
  const advisory = await firstFrom(manager, names.notices, floor + 1, names.givenUpSubject());
  if (advisory === undefined) return undefined;
  const consumer = advisory.subject.split('.').at(-1) ?? '';
  const sentence = `${consumer} gave a message up, of which there is no dead letter yet: run troupe dead-letters sweep.`;
  return { reason: 'unswept', consumer, from, since: advisory.time.toISOString(), sentence };
}

/** The notice up to which sweeps are done; 0 when none ever ran. */
async function sweptTo(manager: JetStreamManager, notices: string): Promise<number> {
  try {
    return (await manager.consumers.info(notices, SWEEPER)).ack_floor.stream_seq;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return 0;
    throw error;
  }
}

export function notAllListed(listed: number, { first, consumers }: Known): Hold {
  const sentence = `The broker told of ${listed} of ${consumers} consumers: run it again when all its servers are there.`;
  return { reason: 'not-all-listed', from: first, sentence };
}

function nothingDeclared(from: number): Hold {
  return {
    reason: 'nothing-declared',
    from,
    sentence: 'No step is known: start the apps, or say what is expected.',
  };
}

/**
 * The lowest message of the consumer's subjects that it has not settled: the first above its acknowledged floor, or, with
 * nothing in hand, above what it was delivered. Under a message that was given up the floor stays.
 */
export async function unsettledBy(
  manager: JetStreamManager,
  stream: string,
  { name: consumer, config, ack_floor, delivered, num_ack_pending }: ConsumerInfo,
): Promise<Hold | undefined> {
  const floor = num_ack_pending === 0 ? delivered.stream_seq : ack_floor.stream_seq;
  const filters = config.filter_subjects ?? [config.filter_subject || '>'];
  const found = await Promise.all(filters.map((filter) => firstFrom(manager, stream, floor + 1, filter)));
  const [lowest] = found.filter((message) => message !== undefined).sort((a, b) => a.seq - b.seq);
  if (lowest === undefined) return undefined;
  const { seq: from } = lowest;
  const step = readManifest(config.metadata)?.step;
  const since = lowest.time.toISOString();
  const sentence = `${step ?? consumer} has not settled message ${from}, stored ${since} (consumer ${consumer}).`;
  return { reason: 'unsettled', consumer, ...(step !== undefined && { step }), from, since, sentence };
}
