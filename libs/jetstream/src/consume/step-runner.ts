import type { JetStreamManager } from '@nats-io/jetstream';
import { millis } from '@nats-io/nats-core';
import { acceptedBy } from '@troupe/contract';
import type { Outcome, StepName } from '../instrumentation.ts';
import { stepName } from '../naming.ts';
import type { StepDefinition } from '../step.ts';
import type { Durable } from '../topology/set-up.ts';
import { Answers } from './answers.ts';
import { Intake } from './intake.ts';
import { Majors } from './majors.ts';
import { Places } from './places.ts';
import { Processing } from './processing.ts';
import type { StepServices } from './settlement.ts';
import { Suspects } from './suspects.ts';
import { Tally } from './tally.ts';
import type { Work } from './work.ts';

const DEFAULT_CONCURRENCY = 64;
const DEFAULT_TIMEOUT_MS = 60_000;
const TICK_MS = 250;
/** A message that was handed back keeps its place in the concurrency: an outage must not run through the backlog. */
const PAUSE_MS = 1_000;

/**
 * Runs one step of one app instance: pulls from its durables, keeps to its concurrency, renews what it holds, and
 * ends what takes too long.
 */
export class StepRunner {
  readonly name: StepName;
  readonly tally = new Tally();
  readonly #step: StepDefinition;
  readonly #services: StepServices;
  readonly #answers: Answers;
  readonly #places: Places<Work>;
  readonly #processing: Processing;
  readonly #suspects: Suspects;
  readonly #timeoutMs: number;
  readonly #intakes: Intake[] = [];
  #renewAfterMs = Number.POSITIVE_INFINITY;
  #tick: NodeJS.Timeout | undefined;

  constructor(step: StepDefinition, services: StepServices, manager: JetStreamManager) {
    const { app, client, isConnected, marks, isolation } = services;
    this.#step = step;
    this.#services = services;
    this.name = { app, step: step.name, name: stepName(app, step.name) };
    this.#answers = new Answers(client, isConnected);
    this.#places = new Places(step.concurrency ?? DEFAULT_CONCURRENCY, (work) => this.#begin(work));
    this.#processing = new Processing(this.name, step, services, manager, (work, outcome, error) =>
      this.#ended(work, outcome, error),
    );
    this.#suspects = new Suspects(marks, isolation, this.#places, this.#processing);
    this.#timeoutMs = step.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    isolation.join(this.#places);
  }

  /** Why a durable delivers nothing, when the broker says so. */
  get problems(): string[] {
    return this.#intakes.flatMap(({ problem }) => problem ?? []);
  }

  start(consumers: readonly Durable[]): void {
    const { client, isConnected, log, inboxPrefix, sender } = this.#services;
    const { on, direct = [] } = this.#step;
    const all = new Map([...acceptedBy(on), ...acceptedBy(direct)].map((one) => [one.contract.id, one]));
    const majors = new Majors(consumers);
    const window = prefetchOf(this.#places.size);
    const { names } = sender;
    const options = { client, isConnected, answers: this.#answers, names, window, log, inboxPrefix };
    for (const consumer of consumers) {
      const { contract, config } = consumer;
      const one = contract && all.get(contract.id);
      const content =
        one === undefined
          ? { accepted: all, majors: undefined }
          : { accepted: new Map([[one.contract.id, one]]), majors };
      const onWork = (work: Work): void => this.#places.offer(work);
      this.#intakes.push(new Intake(consumer, content, this.name.name, options, onWork));
      this.#renewAfterMs = Math.min(this.#renewAfterMs, millis(config.ack_wait ?? 0) / 3);
    }
    this.#tick = setInterval(() => this.#renew(), TICK_MS);
    this.#tick.unref();
  }

  /** Asks the broker anew, after a reconnect. */
  restart(): void {
    this.#answers.resend();
    for (const work of this.#held()) work.delivery.working();
    for (const intake of this.#intakes) intake.restart();
  }

  /** Stops pulling, hands back what was not started, and waits for what runs: `graceMs` at most, then it is aborted. */
  async stop(graceMs: number): Promise<void> {
    this.#places.close();
    const timer = setTimeout(() => this.#abandon(graceMs), graceMs);
    // Handed back only now: while it still pulls, the broker would hand it out here again.
    await Promise.all(this.#intakes.map((intake) => intake.stop()));
    for (const work of this.#places.clear()) this.#handBack(work);
    for (const work of this.#suspects.clear()) {
      this.#handBack(work);
      this.#places.release();
    }
    await this.#places.emptied();
    clearTimeout(timer);
    clearInterval(this.#tick);
    await this.#services.marks.removed();
  }

  #begin(work: Work): void {
    work.origin.started();
    if (work.delivery.info.deliveries > 1) this.#suspects.begin(work);
    else this.#processing.begin(work);
  }

  #ended(work: Work, outcome: Outcome, error: Error | undefined): void {
    this.tally.add(work, outcome, error);
    work.origin.forget(work);
    if (outcome !== 'done' || work.delivery.info.deliveries > 1) this.#suspects.ended(work, outcome);
    if (outcome === 'handed-back' && !this.#places.closed) this.#places.releaseAfter(PAUSE_MS);
    else this.#places.release();
  }

  #handBack(work: Work): void {
    work.state = 'settled';
    work.delivery.nak();
    work.origin.forget(work);
  }

  *#held(): Generator<Work> {
    for (const intake of this.#intakes) yield* intake.held();
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
    const running = this.#places.taken;
    this.#services.log.warn(
      { step: this.name.name, running },
      `${running} handlers of ${this.name.name} still ran ${graceMs} ms after the app was told to stop; they are aborted and their messages handed back`,
    );
    for (const work of this.#held()) this.#processing.abandon(work);
    this.#places.abandon();
  }
}

/**
 * Messages requested ahead of those being handled, for each durable. Enough to bridge the way to the broker and back
 * with few requests, and no more: what waits here is kept from other instances, and keeps memory alive. With as many
 * ahead as are handled at once (256), a hop took up to 26 µs of CPU instead of 19.
 */
function prefetchOf(concurrency: number): number {
  return Math.min(concurrency * 2, Math.max(32, Math.ceil(concurrency / 4)));
}
