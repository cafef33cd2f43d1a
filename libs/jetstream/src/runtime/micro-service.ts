import { type Msg, type NatsConnection, nuid, type Subscription } from '@nats-io/nats-core';
import type { Tally } from '../consume/tally.ts';
import type { StepName } from '../instrumentation.ts';
import type { Logger } from '../logger.ts';
import type { Durable } from '../topology/set-up.ts';

/** Metadata of an instance that names its environment; an instance without a prefix has none. */
export const PREFIX_KEY = 'troupe-prefix';

/** What an instance says of itself. */
export interface Instance {
  readonly app: string;
  readonly version: string;
  readonly prefix: string;
  readonly steps: readonly RunningStep[];
}

/** A step that the instance runs. */
export interface RunningStep {
  readonly name: StepName;
  readonly consumers: readonly Durable[];
  readonly tally: Tally;
}

/**
 * Shows one instance to the NATS micro protocol (ADR-32), so that whoever looks at the broker sees who runs: it answers
 * `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS` that are sent to all, to its app, or to it alone, until it is stopped. A
 * broker that does not let it subscribe or answer costs a line in the log, and nothing else.
 */
export class MicroService {
  readonly #subscriptions: readonly Subscription[];

  constructor(client: NatsConnection, instance: Instance, log: Logger) {
    const id = nuid.next();
    const answers = answersOf(id, instance);
    const callback = (error: Error | null, message: Msg): void => {
      if (error === null) answer(message, answers, log); // else the connection told of it
    };
    const { app } = instance;
    this.#subscriptions = ['$SRV.*', `$SRV.*.${app}`, `$SRV.*.${app}.${id}`].map((subject) =>
      client.subscribe(subject, { callback }),
    );
  }

  /** From now on it answers nobody. */
  stop(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }
}

/** By the second token of the subject asked. */
type Answers = ReadonlyMap<string, () => string>;

function answersOf(id: string, { app, version, prefix, steps }: Instance): Answers {
  const identity = { name: app, id, version, metadata: prefix === '' ? {} : { [PREFIX_KEY]: prefix } };
  const endpoints = steps.map(endpointOf);
  const started = new Date().toISOString();
  const written = (kind: string, rest: object): string =>
    JSON.stringify({ type: `io.nats.micro.v1.${kind}_response`, ...identity, ...rest });
  const ping = written('ping', {});
  const info = written('info', {
    description: 'An app on Troupe; its endpoints are its steps.',
    endpoints: endpoints.map(({ metadata, address }) => ({ ...address, metadata })),
  });
  const stats = (): string =>
    written('stats', {
      started,
      endpoints: endpoints.map(({ address, tally }) => ({ ...address, ...countsOf(tally) })),
    });
  return new Map([
    ['PING', () => ping],
    ['INFO', () => info],
    ['STATS', stats],
  ]);
}

/** An endpoint has one subject: that of the first contract. The step's manifest names all. */
function endpointOf({ name, consumers, tally }: RunningStep) {
  const { filter_subject: subject = '', metadata = {} } = consumers[0]?.config ?? {};
  return { address: { name: name.step, subject, queue_group: name.name }, metadata, tally };
}

function countsOf({ answered, failed, busyMs, lastError }: Tally): object {
  const nanoseconds = Math.round(busyMs * 1_000_000);
  return {
    num_requests: answered,
    num_errors: failed,
    last_error: lastError,
    processing_time: nanoseconds,
    average_processing_time: answered === 0 ? 0 : Math.round(nanoseconds / answered),
  };
}

/** Never throws: the client would read no further. */
function answer(message: Msg, answers: Answers, log: Logger): void {
  try {
    const [, verb = ''] = message.subject.split('.');
    const text = answers.get(verb)?.();
    if (text !== undefined) message.respond(text);
  } catch (error) {
    log.warn({ err: error, subject: message.subject }, 'a question to the instance was not answered');
  }
}
