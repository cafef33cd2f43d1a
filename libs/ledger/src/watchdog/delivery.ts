import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@troupe/jetstream';
import type { Alert, Change } from './alert.ts';
import type { Duty } from './duty.ts';
import type { Webhook } from './webhook.ts';
import { messageOf } from './webhook-message.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const PAUSE_MS = 250;

/**
 * Tells the webhook of what it was not told of yet: each alert's changes in order, each until it was taken, with growing
 * pauses. An alert that the receiver refuses holds up no other one.
 */
export class Delivery {
  /** Messages that were taken, and tries that failed. */
  readonly counts = { delivered: 0, failed: 0 };
  /** When an alert that failed is tried again, by its id. */
  #waits = new Map<string, { readonly tries: number; readonly until: number }>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly duty: Pick<Duty, 'due' | 'told'>,
    private readonly webhook: Webhook,
    private readonly prefix: string,
    private readonly log: Logger,
  ) {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const next = this.#next();
      if (next !== undefined) await this.#tell(...next);
      else await delay(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** The oldest change that is due. */
  #next(): [Alert, Change] | undefined {
    const now = performance.now();
    const alerts = this.duty.due;
    const ids = new Set(alerts.map(({ id }) => id));
    for (const id of this.#waits.keys()) if (!ids.has(id)) this.#waits.delete(id);
    return alerts
      .filter(({ id }) => (this.#waits.get(id)?.until ?? 0) <= now)
      .flatMap((alert): [Alert, Change][] => alert.untold.slice(0, 1).map((change) => [alert, change]))
      .sort(([, a], [, b]) => a.at - b.at)[0];
  }

  async #tell(alert: Alert, change: Change): Promise<void> {
    const { id } = alert;
    try {
      await this.webhook.send(messageOf(alert, change, this.prefix), this.#stop.signal);
    } catch (error) {
      this.#failed(id, error);
      return;
    }
    this.counts.delivered++;
    this.#waits.delete(id);
    await this.duty.told(id, change).catch(() => {}); // kept with what comes next
  }

  #failed(id: string, error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.counts.failed++;
    const tries = (this.#waits.get(id)?.tries ?? 0) + 1;
    const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 10), LONGEST_WAIT_MS);
    const waitMs = longest * (0.5 + Math.random() / 2);
    this.#waits.set(id, { tries, until: performance.now() + waitMs });
    this.log.warn({ err: error, alert: id, tries, waitMs: Math.round(waitMs) }, 'an alert could not be told');
  }
}
