import { JetStreamApiCodes, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { Connection } from '../connection/connection.ts';
import { BrokerUnavailableError, type TopologyDifference } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Names } from '../naming.ts';
import type { ConsumerDeclaration } from './consumers.ts';
import { consumersOf, type DeclaredApp, declareApp } from './declare.ts';
import { differences } from './difference.ts';
import { assertSoleHandlers, ensureConsumers, ensureStreams, orUndefined } from './ensure.ts';
import { isNewer, MANIFEST_KEY, readManifest } from './manifest.ts';
import { declareStreams, type StreamDeclaration, type StreamSettings } from './streams.ts';

/** All that an environment needs in the broker. */
export interface EnvironmentDeclaration {
  readonly apps: readonly DeclaredApp[];
  /** The streams of buckets that apps have besides. */
  readonly buckets?: readonly StreamDeclaration[];
  readonly settings?: StreamSettings;
}

/** One thing that the broker lacks, or has otherwise. */
export interface TopologyChange {
  readonly kind: 'create' | 'change';
  /** `stream EVENTS`, `consumer payments__authorize__order_placed_v1`. */
  readonly what: string;
  /** What would be changed; empty for what is created. */
  readonly differences: readonly TopologyDifference[];
}

/**
 * What the broker lacks of an environment, and has otherwise: in the order in which it would be made. What a newer build
 * declared in the broker is left as it is.
 * @throws TopologyMismatchError when the server takes too small messages
 */
export async function planTopology(
  connection: Connection,
  names: Names,
  declaration: EnvironmentDeclaration,
): Promise<TopologyChange[]> {
  const { manager, streams, consumers } = await declared(connection, names, declaration);
  const changes: TopologyChange[] = [];
  for (const stream of streams) {
    const info = await orUndefined(manager.streams.info(stream.name), JetStreamApiCodes.StreamNotFound);
    changes.push(...changeOf(`stream ${stream.name}`, stream, info?.config, ['metadata']));
  }
  for (const { stream, config } of consumers) {
    const missing = [JetStreamApiCodes.ConsumerNotFound, JetStreamApiCodes.StreamNotFound];
    const info = await orUndefined(manager.consumers.info(stream, config.durable_name), ...missing);
    const there = readManifest(info?.config.metadata);
    const here = readManifest(config.metadata);
    if (there !== undefined && here !== undefined && isNewer(there.version, here.version)) continue;
    const manifest = { [MANIFEST_KEY]: info?.config.metadata?.[MANIFEST_KEY] };
    const inBroker = info && { ...info.config, ...manifest };
    const wanted = { ...config, ...config.metadata };
    changes.push(
      ...changeOf(`consumer ${config.durable_name}`, wanted, inBroker, ['metadata', 'deliver_policy']),
    );
  }
  return changes;
}

/**
 * Makes the broker what the environment needs: creates what it lacks, and changes what differs. It deletes nothing.
 * It may end at any moment, and run again.
 * @throws TopologyMismatchError for what the broker cannot change
 * @throws CommandHandledTwiceError when another step's consumer takes a command
 */
export async function applyTopology(
  connection: Connection,
  names: Names,
  declaration: EnvironmentDeclaration,
  log: Logger,
): Promise<void> {
  const { manager, streams, consumers } = await declared(connection, names, declaration);
  await ensureStreams(manager, streams, 'change', log);
  await assertSoleHandlers(manager, consumers);
  await ensureConsumers(manager, consumers, 'change', log);
  await assertSoleHandlers(manager, consumers);
}

interface Declared {
  readonly manager: JetStreamManager;
  readonly streams: readonly StreamDeclaration[];
  readonly consumers: readonly ConsumerDeclaration[];
}

async function declared(
  connection: Connection,
  names: Names,
  { apps, buckets = [], settings }: EnvironmentDeclaration,
): Promise<Declared> {
  const client = await connection.connected();
  const maxPayload = client.info?.max_payload;
  if (maxPayload === undefined) throw new BrokerUnavailableError('The broker has not introduced itself yet.');
  const ofApps = apps.map((app) => declareApp(names, app, settings));
  return {
    manager: await jetstreamManager(client, { apiPrefix: names.api, checkAPI: false }),
    streams: [
      ...declareStreams(names, maxPayload, settings),
      ...ofApps.flatMap(({ streams }) => streams),
      ...buckets,
    ],
    consumers: ofApps.flatMap(consumersOf),
  };
}

function changeOf(
  what: string,
  wanted: object,
  inBroker: object | undefined,
  ignored: readonly string[],
): TopologyChange[] {
  if (inBroker === undefined) return [{ kind: 'create', what, differences: [] }];
  const differs = differences(what, wanted, inBroker, ignored);
  return differs.length === 0 ? [] : [{ kind: 'change', what, differences: differs }];
}
