import type { JetStreamManager } from '@nats-io/jetstream';
import { millis } from '@nats-io/nats-core';
import { contractOf } from '@troupe/contract';
import type { Outcome, StepName } from '../instrumentation.ts';
import { stepName } from '../naming.ts';
import { Numbered } from '../numbered.ts';
import type { StepDefinition } from '../step.ts';
import type { ConsumerDeclaration } from '../topology/consumers.ts';
import { Answers } from './answers.ts';
import { SHORT_WAIT_MS } from './delay.ts';
import type { Delivery } from './delivery.ts';
import { type Origin, Processing } from './processing.ts';
import { Puller } from './puller.ts';
import type { StepServices } from './settlement.ts';
import { Work } from './work.ts';

const DEFAULT_CONCURRENCY = 64;
const DEFAULT_TIMEOUT_MS = 60_000;
const TICK_MS = 250;
/** A message that was handed back keeps its place in the concurrency: an outage must not run through the backlog. */
const PAUSE_MS = 1_000;

/** One durable that the step pulls from. */
interface Intake extends Origin {
  readonly puller: Puller;
  /** What was delivered and not answered, by stream sequence. */
  readonly held: Numbered<Work>;
}

/**
 * Runs one step of one app instance: pulls from its durables, keeps to its concurrency, renews what it holds, and
 * ends what takes too long.
 */
export class StepRunner {
  readonly name: StepName;
  readonly #step: StepDefinition;
  readonly #services: StepServices;
  readonly #answers: Answers;
  readonly #processing: Processing;
  readonly #concurrency: number;
  readonly #timeoutMs: number;
  readonly #intakes: Intake[] = [];
  readonly #queue: [Work, Intake][] = [];
  #inFlight = 0;
  #renewAfterMs = Number.POSITIVE_INFINITY;
  #tick: NodeJS.Timeout | undefined;
  #stopping = false;
  #idle: (() => void) | undefined;

  constructor(step: StepDefinition, services: StepServices, manager: JetStreamManager) {
    this.#step = step;
    this.#services = services;
    this.name = { app: services.app, step: step.name, name: stepName(services.app, step.name) };
    this.#answers = new Answers(services.client, services.isConnected);
    this.#processing = new Processing(this.name, step, services, manager, (work, outcome) =>
      this.#ended(work, outcome),
    );
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
    const { client, isConnected, log, inboxPrefix } = this.#services;
    const all = new Map(this.#step.on.map(contractOf).map((contract) => [contract.id, contract]));
    for (const consumer of consumers) {
      const { contract, stream, config } = consumer;
      const intake: Intake = {
        consumer,
        held: new Numbered(),
        contracts: contract === undefined ? all : new Map([[contract.id, contract]]),
        puller: new Puller({
          client,
          isConnected,
          answers: this.#answers,
          stream,
          consumer: config.durable_name,
          comesBack: contract === undefined,
          window: prefetchOf(this.#concurrency),
          log,
          inboxPrefix,
          onDelivery: (delivery) => this.#accept(delivery, intake),
        }),
      };
      this.#intakes.push(intake);
      this.#renewAfterMs = Math.min(this.#renewAfterMs, millis(config.ack_wait ?? 0) / 3);
    }
    this.#tick = setInterval(() => this.#renew(), TICK_MS);
    this.#tick.unref();
  }

  /** Asks the broker anew, after a reconnect. */
  restart(): void {
    this.#answers.resend();
    for (const work of this.#held()) work.delivery.working();
    for (const { puller } of this.#intakes) puller.restart();
  }

  /** Stops pulling, hands back what was not started, and waits for what runs: `graceMs` at most, then it is aborted. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const timer = setTimeout(() => this.#abandon(graceMs), graceMs);
    // Handed back only now: while it still pulls, the broker would hand it out here again.
    await Promise.all(this.#intakes.map(({ puller }) => puller.stop()));
    for (const [work] of this.#queue.splice(0)) this.#handBack(work);
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    clearTimeout(timer);
    clearInterval(this.#tick);
  }

  #accept(delivery: Delivery, intake: Intake): void {
    const { seq, publishedAt } = delivery.info;
    const held = intake.held.get(seq);
    if (held !== undefined) {
      if (held.delivery.info.publishedAt === publishedAt) held.delivery.replaceBy(delivery);
      else delivery.nak(SHORT_WAIT_MS); // another message of that number: the stream was made anew
      intake.puller.started();
      return;
    }
    const work = new Work(delivery, this.name.name, `${intake.consumer.config.durable_name}/${seq}`);
    intake.held.set(seq, work);
    if (this.#inFlight < this.#concurrency && !this.#stopping) this.#begin(work, intake);
    else this.#queue.push([work, intake]);
  }

  #begin(work: Work, intake: Intake): void {
    this.#inFlight++;
    intake.puller.started();
    this.#processing.begin(work, intake);
  }

  #ended(work: Work, outcome: Outcome): void {
    this.#forget(work);
    if (outcome === 'handed-back' && !this.#stopping) setTimeout(() => this.#release(), PAUSE_MS);
    else this.#release();
  }

  #release(): void {
    this.#inFlight--;
    const next = this.#stopping ? undefined : this.#queue.shift();
    if (next !== undefined) this.#begin(...next);
    else if (this.#inFlight === 0) this.#idle?.();
  }

  #handBack(work: Work): void {
    work.delivery.nak();
    this.#forget(work);
  }

  #forget({ delivery: { info } }: Work): void {
    const intake = this.#intakes.find(({ consumer }) => consumer.config.durable_name === info.consumer);
    intake?.held.delete(info.seq);
  }

  *#held(): Generator<Work> {
    for (const { held } of this.#intakes) yield* held.values();
  }

  /** Tells the broker what is still held, and ends handlers that outlived their time. */
  #renew(): void {
    const now = performance.now();
    const connected = this.#services.isConnected();
    for (const work of this.#held()) {
      if (work.state === 'handling' && now - work.startedAt > this.#timeoutMs)
        this.#processing.timeOut(work, this.#timeoutMs);
      else if (connected && now - work.delivery.renewedAt > this.#renewAfterMs) work.delivery.working();
    }
  }

  #abandon(graceMs: number): void {
    this.#services.log.warn(
      { step: this.name.name, running: this.#inFlight },
      `${this.#inFlight} handlers of ${this.name.name} still ran ${graceMs} ms after the app was told to stop; they are aborted and their messages handed back`,
    );
    for (const work of this.#held()) this.#processing.abandon(work);
    this.#inFlight = 0;
    this.#idle?.();
  }
}

/**
 * Messages requested ahead of those being handled, for each durable. Enough to bridge the way to the broker and back
 * with few requests, and no more: what waits here is kept from other instances, and from as many as the concurrency
 * on, it keeps so much memory alive that a hop cost half as much again.
 */
function prefetchOf(concurrency: number): number {
  return Math.min(concurrency * 2, Math.max(32, Math.ceil(concurrency / 4)));
}
