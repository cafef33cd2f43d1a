import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import {
  CommandHandledTwiceError,
  type TopologyDifference,
  TopologyMismatchError,
  TopologyMissingError,
} from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { ConsumerDeclaration } from './consumers.ts';
import { differences } from './difference.ts';
import { isNewer, MANIFEST_KEY, readManifest } from './manifest.ts';
import { LANES_KEY, type StreamDeclaration } from './streams.ts';

/**
 * What an app may do to the broker's topology: `create` what is missing (development), only `verify`
 * (production, where `troupe topology` creates), or `change` what differs too.
 */
export type TopologyMode = 'create' | 'verify' | 'change';

/** Creates, verifies or changes streams. Throws when they differ and may not be changed; all differences at once. */
export async function ensureStreams(
  manager: JetStreamManager,
  declarations: readonly StreamDeclaration[],
  mode: TopologyMode,
  log: Logger,
): Promise<void> {
  const found: TopologyDifference[] = [];
  for (const declared of declarations) {
    const what = `stream ${declared.name}`;
    const info = await orUndefined(manager.streams.info(declared.name), JetStreamApiCodes.StreamNotFound);
    if (info === undefined) {
      if (mode === 'verify') throw new TopologyMissingError(what);
      await orUnreplicated(manager.streams.add(declared as StreamConfig), what, declared);
      log.info({ stream: declared.name }, `created ${what}`);
      continue;
    }
    const differs = differences(what, declared, info.config, ['metadata']);
    if (differs.length === 0) continue;
    if (mode === 'change') {
      const update = { ...declared, metadata: info.config.metadata ?? {} }; // the lanes stay
      await orMismatch(manager.streams.update(declared.name, update), differs);
      log.warn({ stream: declared.name, differences: differs }, `changed ${what}`);
    } else {
      found.push(...differs);
    }
  }
  if (found.length > 0) throw new TopologyMismatchError(found);
}

/** What every producer must keep to. */
export interface EventsLimits {
  readonly lanes: number;
  /** Bytes, headers included. */
  readonly maxMessageSize: number;
}

/** The limits of the stream as it is: they were fixed when it was made. */
export async function readEventsLimits(
  manager: JetStreamManager,
  stream: string,
  defaultLanes: number,
): Promise<EventsLimits> {
  const { config } = await manager.streams.info(stream);
  const lanes = Number(config.metadata?.[LANES_KEY] ?? defaultLanes);
  return {
    lanes: Number.isInteger(lanes) && lanes > 0 ? lanes : defaultLanes,
    maxMessageSize: config.max_msg_size > 0 ? config.max_msg_size : Number.POSITIVE_INFINITY,
  };
}

/**
 * Creates, verifies or changes a step's durables. Its manifest replaces one of the same or an older version;
 * a newer one stays, so that an old build that starts during a rolling deployment changes nothing.
 * Gives by durable when the broker made it, in ms since the epoch.
 */
export async function ensureConsumers(
  manager: JetStreamManager,
  declarations: readonly ConsumerDeclaration[],
  mode: TopologyMode,
  log: Logger,
): Promise<ReadonlyMap<string, number>> {
  const found: TopologyDifference[] = [];
  const madeAt = new Map<string, number>();
  for (const { stream, config } of declarations) {
    const what = `consumer ${config.durable_name}`;
    const info = await orUndefined(
      manager.consumers.info(stream, config.durable_name),
      JetStreamApiCodes.ConsumerNotFound,
    );
    if (info === undefined) {
      if (mode === 'verify') throw new TopologyMissingError(`${what} on ${stream}`);
      const { created } = await manager.consumers.add(stream, config);
      madeAt.set(config.durable_name, Date.parse(created));
      log.info({ stream, consumer: config.durable_name }, `created ${what}`);
      continue;
    }
    madeAt.set(config.durable_name, Date.parse(info.created));
    const inBroker = readManifest(info.config.metadata);
    const declared = readManifest(config.metadata);
    if (inBroker !== undefined && declared !== undefined && isNewer(inBroker.version, declared.version))
      continue;
    // Where it began is history: the broker cannot change it, and nothing depends on it any more.
    const differs = differences(what, config, info.config, ['metadata', 'deliver_policy']);
    if (differs.length > 0 && mode !== 'change') {
      found.push(...differs);
    } else if (differs.length > 0 || info.config.metadata?.[MANIFEST_KEY] !== config.metadata[MANIFEST_KEY]) {
      if (mode === 'verify') continue;
      const { durable_name: durable, deliver_policy: _began, ...settings } = config;
      const metadata = { ...info.config.metadata, ...config.metadata };
      await orMismatch(manager.consumers.update(stream, durable, { ...settings, metadata }), differs);
      log.info({ stream, consumer: durable, differences: differs }, `updated ${what}`);
    }
  }
  if (found.length > 0) throw new TopologyMismatchError(found);
  return madeAt;
}

/** Exactly one step handles a command: refuses when another step's durable takes it. */
export async function assertSoleHandlers(
  manager: JetStreamManager,
  declarations: readonly ConsumerDeclaration[],
): Promise<void> {
  const commands = new Map(
    declarations.filter((d) => d.contract?.kind === 'command').map((d) => [d.config.filter_subject, d]),
  );
  if (commands.size === 0) return;
  for (const stream of new Set([...commands.values()].map((d) => d.stream))) {
    for await (const { name, config } of manager.consumers.list(stream)) {
      const ours = commands.get(config.filter_subject ?? '');
      if (ours !== undefined && name !== ours.config.durable_name) {
        throw new CommandHandledTwiceError(ours.contract?.id ?? '', ours.config.durable_name, name);
      }
    }
  }
}

/** The server's code for a consumer with more copies than its stream: the stream was just given more. */
const REPLICAS_EXCEED_STREAM = 10_126;

/** Some settings cannot be changed while a stream or consumer lives; trying again would not help. */
async function orMismatch(change: Promise<unknown>, differs: readonly TopologyDifference[]): Promise<void> {
  try {
    await change;
  } catch (error) {
    const isFinal =
      error instanceof JetStreamApiError && error.status < 503 && error.code !== REPLICAS_EXCEED_STREAM;
    if (isFinal && differs.length > 0) throw new TopologyMismatchError(differs, error.message);
    throw error;
  }
}

/** The server's code for copies on a broker that is no cluster; a cluster that lacks a server now has another. */
const NOT_CLUSTERED = 10_074;

/** A broker that is no cluster becomes none by waiting. */
async function orUnreplicated(
  added: Promise<unknown>,
  what: string,
  { num_replicas }: StreamDeclaration,
): Promise<void> {
  try {
    await added;
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== NOT_CLUSTERED) throw error;
    const difference = { what, setting: 'num_replicas', inBroker: 1, declared: num_replicas };
    throw new TopologyMismatchError([difference], error.message);
  }
}

/** Undefined when the broker says with one of these codes that it is not there. */
export async function orUndefined<T>(asked: Promise<T>, ...missing: number[]): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && missing.includes(error.code)) return undefined;
    throw error;
  }
}
