import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Connection } from '../connection/connection.ts';
import type { StepServices } from '../consume/settlement.ts';
import { StepRunner } from '../consume/step-runner.ts';
import {
  BrokerUnavailableError,
  CommandHandledTwiceError,
  TopologyMismatchError,
  TopologyMissingError,
} from '../errors.ts';
import { type Instrumentation, registeredInstrumentation } from '../instrumentation.ts';
import { DEFAULT_LANES } from '../lane.ts';
import { type Logger, registeredLogger } from '../logger.ts';
import { Names } from '../naming.ts';
import { Notices } from '../notices.ts';
import { DuplicateCheck } from '../publish/duplicates.ts';
import { Producer } from '../publish/producer.ts';
import { Publisher } from '../publish/publisher.ts';
import { Sending } from '../publish/sending.ts';
import { declareConsumers } from '../topology/consumers.ts';
import { assertSoleHandlers, ensureConsumers, ensureStreams, readEventsLimits } from '../topology/ensure.ts';
import { manifestOf } from '../topology/manifest.ts';
import { declareStreams } from '../topology/streams.ts';
import { assertDeclaration } from './declaration.ts';
import type { RuntimeOptions, RuntimeStatus } from './options.ts';

const TRY_AGAIN_MS = 500;
const DEFAULT_GRACE_MS = 10_000;

/**
 * One app on the broker: its connection, topology, producer and steps. It waits for the broker for ever, at start
 * and later; `status` says whether it works now.
 */
export class Runtime {
  readonly names: Names;
  readonly connection: Connection;
  /** Sends the messages of the app that no step returns. */
  readonly producer: Producer;
  readonly #options: RuntimeOptions;
  readonly #log: Logger;
  readonly #instrumentation: Instrumentation | undefined;
  readonly #stopping = new AbortController();
  #started: Promise<void> | undefined;
  #running = false;
  #publisher: Publisher | undefined;
  #runners: StepRunner[] = [];

  /** @throws StepDefinitionError, ContractDefinitionError when the app cannot work as declared */
  constructor(options: RuntimeOptions) {
    assertDeclaration(options);
    this.#options = options;
    this.#log = options.log ?? registeredLogger();
    this.#instrumentation = options.instrumentation ?? registeredInstrumentation();
    this.names = new Names(options.prefix);
    this.connection = new Connection({ name: options.app, ...options.connection }, this.#log);
    this.producer = new Producer(options.app, options.produces ?? [], this.connection);
  }

  /**
   * Connects, creates or verifies the topology, and starts the steps. Resolves when they run; may take for ever
   * while the broker is away, and resolves too when the runtime is stopped meanwhile.
   * @throws TopologyMismatchError, TopologyMissingError, CommandHandledTwiceError: the app must not run
   */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  status(): RuntimeStatus {
    const problems =
      this.connection.state === 'connected'
        ? this.#running
          ? this.#runners.flatMap((runner) => runner.problems)
          : ['The topology is not verified yet.']
        : [`The broker is ${this.connection.state}.`];
    return { ready: problems.length === 0, problems };
  }

  /**
   * Stops pulling, finishes what runs (`graceMs` at most, then handlers are aborted and their messages handed
   * back), and closes the connection. Default 10,000 ms.
   */
  async stop(graceMs = DEFAULT_GRACE_MS): Promise<void> {
    this.#stopping.abort();
    this.#running = false;
    await Promise.all(this.#runners.map((runner) => runner.stop(graceMs)));
    this.#publisher?.close();
    await this.connection.close();
    await this.#started?.catch(() => {}); // whoever called start was told
  }

  async #start(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const client = await this.connection.connected();
        await this.#setUp(client, await jetstreamManager(client, { checkAPI: false }));
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        if (isFatal(error)) throw error;
        this.#log.warn({ err: error }, 'the broker could not be set up yet; trying again');
        await delay(TRY_AGAIN_MS, undefined, { signal: this.#stopping.signal }).catch(() => {});
      }
    }
  }

  async #setUp(client: NatsConnection, manager: JetStreamManager): Promise<void> {
    const { app, version, steps = [], topology = 'create', streams } = this.#options;
    const { names } = this;
    const maxPayload = client.info?.max_payload;
    if (maxPayload === undefined)
      throw new BrokerUnavailableError('The broker has not introduced itself yet.');
    await ensureStreams(manager, declareStreams(names, app, maxPayload, streams), topology, this.#log);
    const limits = await readEventsLimits(manager, names.events, DEFAULT_LANES);
    const declared = steps.map((step) => ({
      step,
      consumers: declareConsumers(names, app, step, manifestOf(app, version, step), streams?.replicas),
    }));
    const consumers = declared.flatMap((one) => one.consumers);
    await assertSoleHandlers(manager, consumers);
    await ensureConsumers(manager, consumers, topology, this.#log);
    if (this.#stopping.signal.aborted) return;

    const services = this.#services(client, manager, limits);
    this.producer.open(
      services.sender,
      new Sending(app, services.publisher, services.duplicates, this.#instrumentation),
    );
    this.#runners = declared.map(({ step, consumers }) => {
      const runner = new StepRunner(step, services, manager);
      runner.start(consumers);
      return runner;
    });
    this.connection.onReconnect(() => {
      for (const runner of this.#runners) runner.restart();
    });
    this.#running = true;
    this.#log.info({ app, version, steps: steps.map(({ name }) => name) }, `${app} ${version} is running`);
  }

  #services(
    client: NatsConnection,
    manager: JetStreamManager,
    limits: { lanes: number; maxMessageSize: number },
  ): StepServices {
    const { app, version, connection } = this.#options;
    const inboxPrefix = connection?.client?.inboxPrefix;
    const log = this.#log;
    const notices = new Notices(client, this.names, app);
    const publisher = new Publisher(client, () => this.connection.state === 'connected', inboxPrefix);
    this.#publisher = publisher;
    const duplicates = new DuplicateCheck(manager, log, ({ subject, messageId }, { stream, seq }) => {
      const message = `The stream took a message on ${subject} for a duplicate of ${stream}/${seq}, which is another one.`;
      log.error({ subject, messageId, stream, seq }, message);
      notices.publish('alert', { step: 'publisher', reason: 'duplicate-differs', message });
    });
    return {
      app,
      version,
      client,
      publisher,
      duplicates,
      notices,
      sender: { names: this.names, version, ...limits },
      log,
      instrumentation: this.#instrumentation,
      inboxPrefix,
    };
  }
}

/** What trying again cannot change: a person must. */
function isFatal(error: unknown): boolean {
  return (
    error instanceof TopologyMismatchError ||
    error instanceof TopologyMissingError ||
    error instanceof CommandHandledTwiceError
  );
}
