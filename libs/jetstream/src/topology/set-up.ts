import type { JetStreamManager } from '@nats-io/jetstream';
import { DEFAULT_LANES } from '../lane.ts';
import type { Logger } from '../logger.ts';
import type { Names } from '../naming.ts';
import type { StepDefinition } from '../step.ts';
import type { ConsumerDeclaration } from './consumers.ts';
import { consumersOf, declareApp } from './declare.ts';
import { declaredStep } from './declared-step.ts';
import {
  assertSoleHandlers,
  type EventsLimits,
  ensureConsumers,
  ensureStreams,
  readEventsLimits,
  type TopologyMode,
} from './ensure.ts';
import { declareStreams, type StreamSettings } from './streams.ts';

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
  const declared = declareApp(names, { app, version, steps: steps.map(declaredStep) }, streams);
  const shared = declareStreams(names, maxPayload, streams);
  await ensureStreams(manager, [...shared, ...declared.streams], topology, log);
  const limits = await readEventsLimits(manager, names.events, DEFAULT_LANES);
  const consumers = consumersOf(declared);
  // Whoever makes the consumers sees to it that a command has one handler; who only verifies may not list those of others.
  const asserted = topology === 'verify' ? [] : consumers;
  await assertSoleHandlers(manager, asserted);
  const madeAt = await ensureConsumers(manager, consumers, topology, log);
  await assertSoleHandlers(manager, asserted); // another app may have begun at the same time
  const standing = (consumer: ConsumerDeclaration): Durable => ({
    ...consumer,
    madeAt: madeAt.get(consumer.config.durable_name) as number,
  });
  return {
    limits,
    steps: steps.map((step, i) => ({ step, consumers: (declared.steps[i] ?? []).map(standing) })),
    letters: declared.letters && standing(declared.letters),
  };
}
