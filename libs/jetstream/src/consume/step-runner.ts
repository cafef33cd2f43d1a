import type { JetStreamManager } from '@nats-io/jetstream';
import { type CompiledContract, contractOf } from '@troupe/contract';
import { HandlerTimeoutError } from '../errors.ts';
import type { Instrumentation, ProcessObservation, StepName } from '../instrumentation.ts';
import { stepName } from '../naming.ts';
import { Sending } from '../publish/sending.ts';
import type { StepDefinition, StepResult } from '../step.ts';
import { ACK_WAIT_MS, type ConsumerDeclaration } from '../topology/consumers.ts';
import { readManifest } from '../topology/manifest.ts';
import type { Delivery } from './delivery.ts';
import { Outputs } from './outputs.ts';
import { Puller } from './puller.ts';
import { receive } from './receive.ts';
import { Settlement, type StepServices } from './settlement.ts';
import { Work } from './work.ts';

const DEFAULT_CONCURRENCY = 64;
const DEFAULT_TIMEOUT_MS = 60_000;
const TICK_MS = 250;
const UNKNOWN_HERE_DELAY_MS = 5_000;

/** One durable that the step pulls from, and what it may deliver. */
interface Intake {
  readonly puller: Puller;
  readonly consumer: ConsumerDeclaration;
  readonly contracts: ReadonlyMap<string, CompiledContract<object>>;
}

/** What a running step counts since it started. */
export interface StepCounts {
  processed: number;
  failed: number;
  deadLettered: number;
  /** Time spent in the handler, publishing included, in ms. */
  processingMs: number;
}

/**
 * Runs one step of one app instance: pulls from its durables, keeps to its concurrency, and takes each message
 * through validate → handle → publish all outputs → ack. A crash anywhere in between repeats the work, and
 * deterministic ids make that harmless.
 */
export class StepRunner {
  readonly name: StepName;
  readonly counts: StepCounts = { processed: 0, failed: 0, deadLettered: 0, processingMs: 0 };
  readonly #step: StepDefinition;
  readonly #services: StepServices;
  readonly #manager: JetStreamManager;
  readonly #instrumentation: Instrumentation | undefined;
  readonly #outputs: Outputs;
  readonly #sending: Sending;
  readonly #settlement: Settlement;
  readonly #concurrency: number;
  readonly #timeoutMs: number;
  readonly #intakes: Intake[] = [];
  readonly #held = new Map<string, Work>();
  readonly #queue: [Work, Intake][] = [];
  #inFlight = 0;
  #tick: NodeJS.Timeout | undefined;
  #stopping = false;
  #idle: (() => void) | undefined;

  constructor(step: StepDefinition, services: StepServices, manager: JetStreamManager) {
    this.#step = step;
    this.#services = services;
    this.#manager = manager;
    this.#instrumentation = services.instrumentation;
    this.name = { app: services.app, step: step.name, name: stepName(services.app, step.name) };
    this.#outputs = new Outputs(step, { ...services.sender, source: `/${services.app}/${step.name}` });
    this.#sending = new Sending(
      services.app,
      services.publisher,
      services.duplicates,
      services.instrumentation,
    );
    this.#settlement = new Settlement(step, services, this.counts);
    this.#concurrency = step.concurrency ?? DEFAULT_CONCURRENCY;
    this.#timeoutMs = step.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /** Why a durable delivers nothing, when the broker says so. */
  get problems(): string[] {
    return this.#intakes.flatMap(({ puller, consumer }) =>
      puller.problem === undefined ? [] : [`${consumer.config.durable_name}: ${puller.problem}`],
    );
  }

  start(consumers: readonly ConsumerDeclaration[]): void {
    const all = new Map(this.#step.on.map(contractOf).map((contract) => [contract.id, contract]));
    for (const consumer of consumers) {
      const intake: Intake = {
        consumer,
        contracts:
          consumer.contract === undefined ? all : new Map([[consumer.contract.id, consumer.contract]]),
        puller: new Puller({
          client: this.#services.client,
          stream: consumer.stream,
          consumer: consumer.config.durable_name,
          window: this.#concurrency * 2,
          log: this.#services.log,
          inboxPrefix: this.#services.inboxPrefix,
          onDelivery: (delivery) => this.#accept(delivery, intake),
        }),
      };
      this.#intakes.push(intake);
    }
    this.#tick = setInterval(() => this.#renew(), TICK_MS);
    this.#tick.unref();
  }

  /** Asks the broker anew, after a reconnect. */
  restart(): void {
    for (const { puller } of this.#intakes) puller.restart();
  }

  /** Stops pulling, hands back what was not started, and waits for what runs: `graceMs` at most, then it is aborted. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const [work] of this.#queue.splice(0)) this.#handBack(work);
    await Promise.all(this.#intakes.map(({ puller }) => puller.stop()));
    if (this.#inFlight > 0) {
      const timer = setTimeout(() => this.#abandon(graceMs), graceMs);
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      clearTimeout(timer);
    }
    clearInterval(this.#tick);
  }

  #accept(delivery: Delivery, intake: Intake): void {
    const key = `${intake.consumer.config.durable_name}/${delivery.info.seq}`;
    const held = this.#held.get(key);
    if (held !== undefined) {
      held.delivery.replaceBy(delivery);
      intake.puller.started();
      return;
    }
    const work = new Work(delivery, this.name.name, key);
    this.#held.set(key, work);
    if (this.#stopping) this.#handBack(work);
    else if (this.#inFlight < this.#concurrency) this.#begin(work, intake);
    else this.#queue.push([work, intake]);
  }

  #begin(work: Work, intake: Intake): void {
    this.#inFlight++;
    work.startedAt = performance.now();
    intake.puller.started();
    const received = receive(work.delivery, intake.contracts);
    if (received.event !== undefined) work.event = received.event;
    work.observation = this.#observe(work);
    if (!received.ok) {
      void this.#refuse(work, intake, received);
      return;
    }
    work.attempt = this.#settlement.attempt(work);
    try {
      const handle = () => this.#step.handle(received.data, work);
      const result = work.observation === undefined ? handle() : work.observation.run(handle);
      if (isPromise(result)) {
        result.then(
          (outputs) => this.#publish(work, outputs),
          (error: unknown) => this.#failed(work, error),
        );
      } else {
        this.#publish(work, result);
      }
    } catch (error) {
      this.#failed(work, error);
    }
  }

  #observe(work: Work): ProcessObservation | undefined {
    if (this.#instrumentation === undefined) return undefined;
    const { delivery } = work;
    const event = work.eventIfKnown;
    const redelivered = delivery.info.deliveries > 1 || delivery.header('x-attempt') !== undefined;
    return this.#instrumentation.process(
      this.name,
      {
        subject: delivery.subject,
        stream: delivery.info.stream,
        type: event?.type,
        id: event?.id,
        flowId: event && work.flowId,
        time: event?.time,
        size: delivery.payload.length,
        traceparent: event?.traceparent,
        tracestate: event?.tracestate,
      },
      redelivered,
    );
  }

  #publish(work: Work, result: StepResult): void {
    if (work.settled) return; // timed out meanwhile: it is tried again, and gives the same ids
    try {
      const messages = this.#outputs.of(work, this.name.name, result);
      if (messages.length === 0) this.#done(work);
      else
        this.#sending.all(work, messages, (error) => {
          if (work.settled) return;
          if (error === undefined) this.#done(work);
          else this.#unsent(work, error);
        });
    } catch (error) {
      this.#failed(work, error);
    }
  }

  #done(work: Work): void {
    this.#settlement.done(work);
    this.#release(work);
  }

  #unsent(work: Work, error: Error): void {
    this.#settlement.unsent(work, error);
    this.#release(work);
  }

  #failed(work: Work, error: unknown): void {
    if (work.settled) return;
    work.settled = true;
    void this.#settlement.failed(work, error).finally(() => this.#release(work));
  }

  async #refuse(work: Work, intake: Intake, refused: Parameters<Settlement['refused']>[1]): Promise<void> {
    work.settled = true;
    if (refused.reason === 'contract-unknown' && (await this.#isKnownToNewerBuild(intake, work))) {
      work.delivery.nak(UNKNOWN_HERE_DELAY_MS);
      work.observation?.end('handed-back');
    } else {
      await this.#settlement.refused(work, refused);
    }
    this.#release(work);
  }

  /** During a rolling deployment a newer build of this step may consume what this one does not know. */
  async #isKnownToNewerBuild(intake: Intake, work: Work): Promise<boolean> {
    try {
      const { config } = await this.#manager.consumers.info(
        intake.consumer.stream,
        intake.consumer.config.durable_name,
      );
      return (
        readManifest(config.metadata)?.consumes.includes(work.type) === true &&
        intake.consumer.contract === undefined
      );
    } catch {
      return true; // cannot know: handed back, asked again
    }
  }

  #handBack(work: Work): void {
    work.delivery.nak();
    this.#held.delete(work.key);
  }

  #release(work: Work): void {
    this.counts.processingMs += performance.now() - work.startedAt;
    this.#held.delete(work.key);
    this.#inFlight--;
    const next = this.#queue.shift();
    if (next !== undefined) this.#begin(...next);
    else if (this.#inFlight === 0) this.#idle?.();
  }

  /** Tells the broker what is still held, and ends handlers that outlived their timeout. */
  #renew(): void {
    const now = performance.now();
    for (const work of this.#held.values()) {
      if (work.startedAt > 0 && now - work.startedAt > this.#timeoutMs && !work.settled) {
        const error = new HandlerTimeoutError(this.name.name, this.#timeoutMs);
        work.abort(error);
        this.#failed(work, error);
      } else if (now - work.delivery.renewedAt > ACK_WAIT_MS / 3) {
        work.delivery.working();
      }
    }
  }

  #abandon(graceMs: number): void {
    this.#services.log.warn(
      { step: this.name.name, running: this.#inFlight },
      `${this.#inFlight} handlers of ${this.name.name} still ran ${graceMs} ms after the app was told to stop; they are aborted and their messages handed back`,
    );
    for (const work of this.#held.values()) {
      if (work.settled) continue;
      work.settled = true;
      work.abort(new Error('The app is stopping.'));
      work.delivery.nak();
    }
    this.#idle?.();
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
