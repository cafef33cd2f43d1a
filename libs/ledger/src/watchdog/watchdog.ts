import { setTimeout as delay } from 'node:timers/promises';
import {
  Connection,
  type ConnectionOptions,
  type Logger,
  Names,
  registeredLogger,
  silentLogger,
} from '@troupe/jetstream';
import type { Ledger } from '../ledger.ts';
import { type Choreography, NOTHING_DECLARED } from '../model/choreography.ts';
import { type Broker, brokerOf } from '../projection/broker.ts';
import type { Freshness } from '../query/whereabouts.ts';
import { conditionsOf, type Observation } from './conditions.ts';
import { Delivery } from './delivery.ts';
import { Duty } from './duty.ts';
import { Firing, type FiringAlert } from './firing.ts';
import { LetterGroups, type OpenGroup } from './letter-groups.ts';
import { type Metric, metricsOf } from './metrics.ts';
import { Patience } from './patience.ts';
import { Repeated } from './repeated.ts';
import { declaredIn, stalledFlows } from './stalled-flows.ts';
import type { StallGroup } from './stalls.ts';
import { type StreamFill, streamFills } from './stream-fill.ts';
import { Webhook, type WebhookOptions } from './webhook.ts';

/** What a watchdog looks at, and whom it tells. */
export interface WatchdogOptions {
  /** Which the caller opens before and closes afterwards. */
  readonly ledger: Pick<Ledger, 'flows' | 'steps' | 'freshness'>;
  /** The watchdog has a connection of its own. */
  readonly connection?: ConnectionOptions;
  /** Environment. Default: none. */
  readonly prefix?: string;
  /** The same that the ledger was given. Default: nothing is declared. */
  readonly choreography?: Choreography;
  /** Default: nobody is told; alerts are metrics and log lines. */
  readonly webhook?: WebhookOptions | undefined;
  /** How often it looks, in ms. A look that takes long is made less often. Default 5,000. */
  readonly everyMs?: number;
  /** How long a step may be without consumer or instance, or the ledger behind, in ms. Default 30,000. */
  readonly patienceMs?: number;
  /** How long a watchdog that died keeps another one from telling, in ms. Default 10,000. */
  readonly leaseMs?: number;
  /** Default: the registered one, else silent. */
  readonly log?: Logger;
}

/** What fires, and how old that is. */
export interface Alerts extends Freshness {
  readonly alerts: readonly FiringAlert[];
  /** When the watchdog looked last, ms since the epoch; 0 before it did. */
  readonly lookedAt: number;
}

const STOP_MS = 2_000;

/**
 * Looks for what does not go on: flows, steps, dead letters, streams, the ledger itself. It stands beside all of them and
 * may run any number of times: each shows its metrics, and one of them tells the webhook. An alert's beginning and its
 * end are told at least once each, whoever dies; told again they have the same id.
 */
export class Watchdog {
  readonly #startedAt = Date.now();
  readonly #log: Logger;
  readonly #connection: Connection;
  readonly #broker: () => Promise<Broker>;
  readonly #patience: Patience;
  readonly #firing: Firing;
  readonly #groups: LetterGroups;
  readonly #duty: Duty;
  readonly #delivery: Delivery | undefined;
  readonly #flows: Repeated<readonly StallGroup[] | undefined>;
  readonly #letters: Repeated<readonly OpenGroup[]>;
  readonly #turns: Repeated<void>;
  readonly #streams: Repeated<readonly StreamFill[]>;
  readonly #looks: Repeated<Observation>;
  #stopped: Promise<void> | undefined;

  private constructor(private readonly options: WatchdogOptions) {
    const { ledger, prefix = '', choreography = NOTHING_DECLARED, webhook } = options;
    const { everyMs = 5_000, patienceMs = 30_000, leaseMs = 10_000 } = options;
    const log = options.log ?? registeredLogger() ?? silentLogger;
    this.#log = log;
    const names = new Names(prefix);
    this.#connection = new Connection({ name: 'watchdog', ...options.connection }, log);
    this.#broker = async () => brokerOf(await this.#connection.connected(), names, log);
    this.#patience = new Patience(patienceMs);
    this.#firing = new Firing();
    this.#groups = new LetterGroups(this.#connection, this.#broker);
    this.#duty = new Duty(this.#broker, leaseMs, webhook !== undefined);
    this.#delivery = webhook && new Delivery(this.#duty, new Webhook(webhook), prefix, log);
    const declared = declaredIn(choreography);
    this.#flows = new Repeated('flows', (signal) => stalledFlows(ledger, declared, signal), everyMs, log);
    this.#letters = new Repeated('dead letters', () => this.#groups.look(), everyMs, log);
    this.#turns = new Repeated('the lease', () => this.#duty.renew(), leaseMs / 4, log, 0);
    this.#streams = new Repeated('streams', async () => streamFills(await this.#broker()), everyMs, log);
    this.#looks = new Repeated('what goes on', () => this.#look(), everyMs, log, 1);
  }

  /** Begins to look, and waits for the broker as long as it takes. */
  static start(options: WatchdogOptions): Watchdog {
    return new Watchdog(options);
  }

  /** What this watchdog sees now. */
  alerts(): Alerts {
    return {
      alerts: this.#firing.alerts,
      lookedAt: this.#looks.lookedAt,
      ...this.options.ledger.freshness(),
    };
  }

  /** What it measures, for `measure` of `@troupe/telemetry`; docs/guides/alerts.md says what each is. */
  metrics(): Metric[] {
    const now = Date.now();
    const age = ({ lookedAt }: { readonly lookedAt: number }): number => now - (lookedAt || this.#startedAt);
    const { steps = [] } = this.#looks.latest ?? {};
    return metricsOf({
      firing: this.#firing.alerts,
      steps,
      streams: this.#streams.latest ?? [],
      stalls: this.#flows.latest ?? [],
      letters: this.#letters.latest ?? [],
      behindMs: this.options.ledger.freshness().behindMs,
      agesMs: { all: age(this.#looks), flows: age(this.#flows), 'dead-letters': age(this.#letters) },
      untold: this.#delivery && this.#duty.untold,
      webhook: this.#delivery?.counts ?? { delivered: 0, failed: 0 },
    });
  }

  /** Ends within some seconds; what was not told yet is told by another watchdog, or the next. May be called twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const parts = [this.#delivery, this.#looks, this.#flows, this.#letters, this.#streams, this.#turns];
    const ended = Promise.all(parts.map((part) => part?.stop()));
    await Promise.race([ended, delay(STOP_MS)]);
    if (this.#connection.state === 'connected') await Promise.race([this.#duty.release(), delay(STOP_MS)]);
    this.#groups.close();
    await this.#connection.close(); // ends what still waits for the broker
    await ended;
  }

  async #look(): Promise<Observation> {
    const { ledger } = this.options;
    const { steps, ...freshness } = await ledger.steps();
    const now = Date.now();
    const others = {
      stalls: this.#flows.latest,
      letters: this.#letters.latest,
      streams: this.#streams.latest,
    };
    const observation = { now, freshness, steps, ...others };
    const seen = this.#patience.see(conditionsOf(observation), now);
    for (const change of this.#firing.see(seen, now)) this.#tell(change);
    await this.#duty.change(seen, now).catch(() => {}); // it is saved with the next one
    return observation;
  }

  #tell({ state, alert }: ReturnType<Firing['see']>[number]): void {
    const { id, sentence } = alert;
    if (state === 'firing') this.#log.warn({ alert: id }, sentence);
    else this.#log.info({ alert: id }, `over: ${sentence}`);
  }
}
