import { AckPolicy, type ConsumerConfig, DeliverPolicy, ReplayPolicy } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { CompiledContract } from '@troupe/contract';
import { consumerName, lettersName, type Names, stepName } from '../naming.ts';
import type { DeclaredStep } from './declared-step.ts';
import { MANIFEST_KEY, type Manifest } from './manifest.ts';

/** How long the broker waits for an answer to a delivery; instances renew it while they hold the message. */
export const ACK_WAIT_MS = 30_000;

/** Messages that may be unanswered on one consumer, over all instances of the step. */
export const MAX_ACK_PENDING = 10_000;

/** One durable consumer as declared, and what it delivers. */
export interface ConsumerDeclaration {
  readonly stream: string;
  readonly config: ConsumerConfig & {
    durable_name: string;
    filter_subject: string;
    metadata: Record<string, string>;
  };
  /** The one contract that it delivers; undefined for the step's redrives and delayed retries. */
  readonly contract: CompiledContract<object> | undefined;
}

/** A step's durables: one for each contract that it accepts, with one filter, and one for what comes back later. */
export function declareConsumers(
  names: Names,
  app: string,
  step: DeclaredStep,
  manifest: Manifest,
  replicas = 1,
): ConsumerDeclaration[] {
  const declare = (
    durable: string,
    filter: string,
    from: DeclaredStep['from'],
  ): ConsumerDeclaration['config'] => ({
    durable_name: durable,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: from === 'beginning' ? DeliverPolicy.All : DeliverPolicy.New,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: nanos(ACK_WAIT_MS),
    max_deliver: -1,
    max_ack_pending: MAX_ACK_PENDING,
    num_replicas: replicas,
    metadata: { [MANIFEST_KEY]: JSON.stringify(manifest) },
  });
  return [
    ...step.consumes.map((contract) => ({
      stream: names.events,
      config: declare(
        consumerName(app, step.name, contract),
        `${names.contractSubject(contract)}.*`,
        step.from,
      ),
      contract,
    })),
    {
      stream: names.delayed(app),
      config: declare(stepName(app, step.name), `${names.redriveSubject(app, step.name)}.*`, 'beginning'),
      contract: undefined,
    },
  ];
}

/** The durable with which an app hears of its steps' commands among the dead letters: what is set aside from now on. */
export function declareLetters(names: Names, app: string, replicas = 1): ConsumerDeclaration {
  return {
    stream: names.deadLetters,
    config: {
      durable_name: lettersName(app),
      filter_subject: names.all('dlq'),
      headers_only: true,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.New,
      replay_policy: ReplayPolicy.Instant,
      ack_wait: nanos(ACK_WAIT_MS),
      max_deliver: -1,
      max_ack_pending: MAX_ACK_PENDING,
      num_replicas: replicas,
      metadata: {},
    },
    contract: undefined,
  };
}
