import type { JetStreamManager } from '@nats-io/jetstream';
import { DEFAULT_LANES } from '../lane.ts';
import type { Logger } from '../logger.ts';
import type { Names } from '../naming.ts';
import type { StepDefinition } from '../step.ts';
import { type ConsumerDeclaration, declareConsumers, declareLetters } from './consumers.ts';
import {
  assertSoleHandlers,
  type EventsLimits,
  ensureConsumers,
  ensureStreams,
  readEventsLimits,
  type TopologyMode,
} from './ensure.ts';
import { manifestOf } from './manifest.ts';
import { declareOwnStreams, declareStreams, type StreamSettings } from './streams.ts';

/** What of an app decides what it needs in the broker. */
export interface TopologyOptions {
  readonly app: string;
  readonly version: string;
  readonly steps?: readonly StepDefinition[];
  readonly topology?: TopologyMode;
  readonly streams?: StreamSettings;
}

/** A consumer that stands in the broker. */
export interface Durable extends ConsumerDeclaration {
  /** When the broker made it, in ms since the epoch. */
  readonly madeAt: number;
}

/** What stands in the broker once an app's topology does. */
export interface Topology {
  readonly limits: EventsLimits;
  readonly steps: readonly {
    readonly step: StepDefinition;
    readonly consumers: readonly Durable[];
  }[];
  /** Where the app hears of its commands' dead letters, when a step of it wants to. */
  readonly letters: Durable | undefined;
}

/**
 * Creates, verifies or changes what one app needs: the streams first, its own ones if it has steps, then its steps'
 * durables. `maxPayload` is what the server takes in one message.
 * @throws TopologyMismatchError, TopologyMissingError, CommandHandledTwiceError: the app must not run
 */
export async function setUpTopology(
  manager: JetStreamManager,
  names: Names,
  { app, version, steps = [], topology = 'create', streams }: TopologyOptions,
  maxPayload: number,
  log: Logger,
): Promise<Topology> {
  const own = steps.length === 0 ? [] : declareOwnStreams(names, app, streams);
  await ensureStreams(manager, [...declareStreams(names, maxPayload, streams), ...own], topology, log);
  const limits = await readEventsLimits(manager, names.events, DEFAULT_LANES);
  const declared = steps.map((step) => ({
    step,
    consumers: declareConsumers(names, app, step, manifestOf(app, version, step), streams?.replicas),
  }));
  const letters = steps.some(({ lettersOf }) => lettersOf !== undefined)
    ? declareLetters(names, app, streams?.replicas)
    : undefined;
  const consumers = [
    ...declared.flatMap((one) => one.consumers),
    ...(letters === undefined ? [] : [letters]),
  ];
  await assertSoleHandlers(manager, consumers);
  const madeAt = await ensureConsumers(manager, consumers, topology, log);
  await assertSoleHandlers(manager, consumers); // another app may have begun at the same time
  const standing = (consumer: ConsumerDeclaration): Durable => ({
    ...consumer,
    madeAt: madeAt.get(consumer.config.durable_name) as number,
  });
  return {
    limits,
    steps: declared.map((one) => ({ ...one, consumers: one.consumers.map(standing) })),
    letters: letters && standing(letters),
  };
}
