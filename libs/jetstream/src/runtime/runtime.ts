import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Connection } from '../connection/connection.ts';
import { Outputs } from '../consume/outputs.ts';
import type { StepServices } from '../consume/settlement.ts';
import { StepRunner } from '../consume/step-runner.ts';
import { CommandLetters } from '../direct/command-letters.ts';
import { DirectSender } from '../direct/direct-sender.ts';
import { assertTakenBy } from '../direct/taken.ts';
import type { Effects, Outlet } from '../effects.ts';
import { BrokerUnavailableError, EffectsUnavailableError, MustNotRunError } from '../errors.ts';
import { type Instrumentation, registeredInstrumentation } from '../instrumentation.ts';
import { type Logger, registeredLogger } from '../logger.ts';
import { inboxOf, Names } from '../naming.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import { Producer } from '../publish/producer.ts';
import { Sending } from '../publish/sending.ts';
import type { StepDefinition } from '../step.ts';
import { setUpTopology } from '../topology/set-up.ts';
import { assertDeclaration } from './declaration.ts';
import { warnOfFallbacks } from './fallbacks.ts';
import { MicroService } from './micro-service.ts';
import type { RuntimeOptions, RuntimeStatus } from './options.ts';
import { openServices } from './services.ts';

const TRY_AGAIN_MS = 500;
const REMIND_MS = 10_000;
const DEFAULT_GRACE_MS = 10_000;
const STORE_TIMEOUT_MS = 5_000;

/**
 * One app on the broker: its connection, topology, producer and steps. It waits for the broker for ever, at start
 * and later; `status` says whether it works now.
 */
export class Runtime {
  readonly names: Names;
  readonly connection: Connection;
  /** Sends the messages of the app that no step returns. */
  readonly producer: Producer;
  /** Sends to one of the app's steps alone what that step names in `direct`. */
  readonly direct: DirectSender;
  readonly #options: RuntimeOptions;
  readonly #log: Logger;
  readonly #instrumentation: Instrumentation | undefined;
  readonly #stopping = new AbortController();
  #started: Promise<void> | undefined;
  #drained: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #running = false;
  /** Why the topology is not set up, as long as it is not. */
  #hindrance: Error | undefined;
  readonly #effects: ReadonlySet<Effects>;
  #services: StepServices | undefined;
  #runners: StepRunner[] = [];
  #letters: CommandLetters | undefined;
  #microService: MicroService | undefined;

  /**
   * @throws StepDefinitionError, ContractDefinitionError when the app cannot work as declared
   * @throws CredentialsError when a file to log on with cannot be used
   */
  constructor(options: RuntimeOptions) {
    assertDeclaration(options);
    this.#options = options;
    this.#log = options.log ?? registeredLogger();
    this.#instrumentation = options.instrumentation ?? registeredInstrumentation();
    this.names = new Names(options.prefix, options.apiPrefix);
    const client = { inboxPrefix: inboxOf(options.app), ...options.connection?.client };
    this.connection = new Connection({ name: options.app, ...options.connection, client }, this.#log);
    this.#effects = new Set((options.steps ?? []).flatMap(({ effects }) => effects ?? []));
    this.producer = new Producer(options.app, options.produces ?? [], this.connection);
    this.direct = new DirectSender(options.app, this.connection, assertTakenBy(options.app, options.steps));
  }

  /**
   * Connects, creates or verifies the topology, and starts the steps. Resolves when they run; may take for ever
   * while the broker is away, and resolves too when the runtime is stopped meanwhile.
   * @throws TopologyMismatchError, TopologyMissingError, CommandHandledTwiceError: the app must not run
   */
  start(): Promise<void> {
    if (this.#started === undefined) warnOfFallbacks(this.#options, this.#log);
    this.#started ??= this.#start();
    return this.#started;
  }

  status(): RuntimeStatus {
    const problems = this.#problems();
    return { ready: problems.length === 0, problems };
  }

  /**
   * Stops the steps: no more pulling, what runs is finished (`graceMs` at most, then handlers are aborted and their
   * messages handed back). The producer still sends. Default 10,000 ms. Called again, it waits for the same end.
   */
  drain(graceMs = DEFAULT_GRACE_MS): Promise<void> {
    this.#drained ??= this.#drain(graceMs);
    return this.#drained;
  }

  /** Drains, then closes the connection. Called again, it waits for the same end. */
  stop(graceMs = DEFAULT_GRACE_MS): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  #problems(): readonly string[] {
    if (this.#stopping.signal.aborted) return ['The app is stopping.'];
    switch (this.connection.state) {
      case 'connecting':
        return [this.connection.refusal?.message ?? 'The broker does not answer yet.'];
      case 'disconnected':
        return [this.connection.refusal?.message ?? 'The broker is away.'];
      case 'closed':
        return ['The connection to the broker is closed.'];
      default:
    }
    if (this.#running) {
      const ofEffects = [...this.#effects].flatMap(({ problem }) => problem ?? []);
      const consuming = [...this.#runners, ...(this.#letters === undefined ? [] : [this.#letters])];
      return [...ofEffects, ...consuming.flatMap(({ problems }) => problems)];
    }
    if (this.#hindrance instanceof EffectsUnavailableError) return [this.#hindrance.message];
    const why = this.#hindrance === undefined ? '.' : `: ${this.#hindrance.message}`;
    return [`The topology is not verified yet${why}`];
  }

  async #drain(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#running = false;
    this.#microService?.stop();
    const ends = await Promise.allSettled([
      ...this.#runners.map((runner) => runner.stop(graceMs)),
      this.#letters?.stop(),
    ]);
    for (const end of ends) {
      if (end.status === 'rejected') this.#log.error({ err: end.reason }, 'a step did not stop cleanly');
    }
  }

  async #stop(graceMs: number): Promise<void> {
    await this.drain(graceMs);
    this.#services?.publisher.close();
    this.#services?.duplicates.close();
    for (const effects of this.#effects) await effects.close();
    await this.connection.close();
    await this.#started?.catch(() => {}); // whoever called start was told
  }

  async #start(): Promise<void> {
    let reminded = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        const client = await this.connection.connected();
        const api = { apiPrefix: this.names.api, checkAPI: false };
        await this.#setUp(client, await jetstreamManager(client, api));
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        const hindrance = error instanceof Error ? error : new Error(String(error));
        const isNew = hindrance.message !== this.#hindrance?.message;
        this.#hindrance = hindrance;
        if (error instanceof MustNotRunError) throw error;
        if (isNew || performance.now() - reminded > REMIND_MS) {
          reminded = performance.now();
          this.#log.warn({ err: error }, 'the app could not be set up yet; trying again');
        }
        await delay(TRY_AGAIN_MS, undefined, { signal: this.#stopping.signal }).catch(() => {});
      }
    }
  }

  async #setUp(client: NatsConnection, manager: JetStreamManager): Promise<void> {
    const { app, version } = this.#options;
    const maxPayload = client.info?.max_payload;
    if (maxPayload === undefined)
      throw new BrokerUnavailableError('The broker has not introduced itself yet.');
    const topology = await setUpTopology(manager, this.names, this.#options, maxPayload, this.#log);
    if (this.#stopping.signal.aborted) return;

    const { connection, names } = this;
    const { limits } = topology;
    const watched = { log: this.#log, instrumentation: this.#instrumentation };
    const ground = { client, manager, connection, names, limits, ...watched };
    this.#services ??= openServices(this.#options, ground);
    const services = this.#services;
    const { publisher, duplicates } = services;
    const sending = new Sending(app, publisher, duplicates, this.#instrumentation);
    this.producer.open(services.sender, sending);
    this.direct.open({ sender: { ...services.sender, source: `/${app}` }, sending });
    await this.#openEffects(services, sending);
    if (this.#stopping.signal.aborted) return;

    const steps = topology.steps.map(({ step, consumers }) => {
      const runner = new StepRunner(step, services, manager);
      runner.start(consumers);
      return { runner, name: runner.name, tally: runner.tally, consumers };
    });
    this.#runners = steps.map(({ runner }) => runner);
    if (topology.letters !== undefined)
      this.#letters = new CommandLetters(this.#options.steps ?? [], topology.letters, services, this.direct);
    this.connection.onReconnect(() => {
      for (const runner of this.#runners) runner.restart();
      this.#letters?.restart();
    });
    this.#running = true;
    this.#microService = new MicroService(client, { app, version, prefix: names.prefix, steps }, this.#log);
    this.#log.info(
      { app, version, steps: this.#runners.map((runner) => runner.name.step) },
      `${app} ${version} is running`,
    );
  }

  async #openEffects(
    { client, isConnected, notices, publisher, sender }: StepServices,
    sending: Sending,
  ): Promise<void> {
    const { app, topology = 'create', streams, consoleUrl } = this.#options;
    const replicas = streams?.replicas ?? 1;
    const publish = (message: OutgoingMessage): Promise<void> =>
      new Promise((resolve, reject) => {
        sending.again([message], (error) => (error === undefined ? resolve() : reject(error)));
      });
    const store = (message: OutgoingMessage): Promise<number> =>
      publisher.publish(message, STORE_TIMEOUT_MS).then(({ seq }) => seq);
    for (const effects of this.#effects) {
      const step = this.#options.steps?.find((one) => one.effects === effects) as StepDefinition;
      const outputs = new Outputs(app, step, sender);
      const alert: Outlet['alert'] = (reason, message, event) =>
        notices.publish('alert', { step: step.name, reason, message, event });
      await effects.open({
        app,
        names: this.names,
        client,
        log: this.#log,
        instrumentation: this.#instrumentation,
        topology,
        replicas,
        consoleUrl,
        isConnected,
        alert,
        seal: (message) => outputs.decided(message),
        publish,
        store,
      });
    }
  }
}
