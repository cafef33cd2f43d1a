import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { inboxOf } from '@troupe/jetstream';
import { Ledger, Watchdog } from '@troupe/ledger';
import { BrokerUnavailableError, connectionOf, type Settings, TROUPE_SETTINGS } from '@troupe/nest';
import { measure } from '@troupe/telemetry';
import { businessKeys } from './contracts.ts';
import { CONSOLE_SETTINGS, type ConsoleSettings } from './settings.ts';

const APP = 'console';
const TRY_AGAIN_MS = 2_000;

/**
 * Has the ledger, and the watchdog that looks into it, for as long as the app runs. The app answers before the ledger
 * does: until then it says so.
 */
@Injectable()
export class LedgerHost implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log = new Logger(LedgerHost.name);
  readonly #stop = new AbortController();
  #ledger: Ledger | undefined;
  #watchdog: Watchdog | undefined;
  #hindrance = 'The ledger is not open yet: it waits for the broker.';

  constructor(
    @Inject(TROUPE_SETTINGS) private readonly settings: Settings,
    @Inject(CONSOLE_SETTINGS) private readonly own: ConsoleSettings,
  ) {}

  /** @throws BrokerUnavailableError while the ledger is not open, with the reason */
  get ledger(): Ledger {
    if (this.#ledger === undefined) throw new BrokerUnavailableError(this.#hindrance);
    return this.#ledger;
  }

  /** @throws BrokerUnavailableError as long as there is no ledger to look into */
  get watchdog(): Watchdog {
    if (this.#watchdog === undefined) throw new BrokerUnavailableError(this.#hindrance);
    return this.#watchdog;
  }

  onApplicationBootstrap(): void {
    if (this.own.choreography === undefined)
      this.#log.warn('there is no choreography.lock: no flow, step or deadline is expected');
    void this.#open();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#watchdog?.stop();
    await this.#ledger?.close();
  }

  /** A database may come up later than the console. */
  async #open(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const ledger = await this.#opened();
        if (signal.aborted) return await ledger.close();
        this.#watch(ledger);
        this.#ledger = ledger;
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== this.#hindrance) this.#log.error(`${reason} It is tried again.`);
        this.#hindrance = reason;
        await delay(TRY_AGAIN_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  #opened(): Promise<Ledger> {
    return Ledger.open({ store: this.own.store, businessKeys, ...this.#surroundings() });
  }

  #watch(ledger: Ledger): void {
    const { webhook, alertAfterMs } = this.own;
    const watchdog = Watchdog.start({
      ledger,
      webhook,
      ...(alertAfterMs !== undefined && { patienceMs: alertAfterMs }),
      ...this.#surroundings(),
    });
    this.#watchdog = watchdog;
    this.#stop.signal.addEventListener(
      'abort',
      measure(() => watchdog.metrics()),
    );
  }

  #surroundings() {
    const { prefix } = this.settings;
    const { choreography } = this.own;
    return {
      connection: { ...connectionOf(this.settings), client: { inboxPrefix: inboxOf(APP) } },
      ...(prefix !== undefined && { prefix }),
      ...(choreography !== undefined && { choreography }),
    };
  }
}
