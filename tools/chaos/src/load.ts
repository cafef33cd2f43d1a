import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedOrder } from './plan.ts';
import { type OrderKind, orderBody } from './shopping.ts';

/** An order that the storefront took. */
export interface AcceptedOrder {
  readonly orderId: string;
  readonly flowId: string;
  readonly kind: OrderKind;
  /** Milliseconds since 1970 of the answer. */
  readonly acceptedAt: number;
  /** How often it was sent. */
  readonly tries: number;
}

/** How many orders are on their way to the storefront at most. */
const IN_FLIGHT = 128;
const TIMEOUT = 10_000;
/** Between two tries of one order. */
const PAUSE = 500;
/** After so long an order that was not taken is given up: nothing was promised for it. */
const PATIENCE = 120_000;

/**
 * Places orders at the storefront, each at its time, and sends one again with the same key until it is taken: whether
 * a request that got no answer was carried out, nobody can know.
 */
export class Load {
  readonly accepted: AcceptedOrder[] = [];
  /** Orders that were never taken, with the last answer. */
  readonly givenUp: string[] = [];
  readonly #shop: string;
  readonly #seed: number;
  readonly #inFlight = new Set<Promise<void>>();

  constructor(shop: string, seed: number) {
    this.#shop = shop;
    this.#seed = seed;
  }

  /** Resolves when every order was taken or given up. */
  async place(orders: readonly PlannedOrder[], began: number, stop: AbortSignal): Promise<void> {
    for (const [number, { atMs, kind }] of orders.entries()) {
      const wait = began + atMs - Date.now();
      if (wait > 0) await delay(wait, undefined, { signal: stop }).catch(() => undefined);
      while (this.#inFlight.size >= IN_FLIGHT) await Promise.race(this.#inFlight);
      if (stop.aborted) break;
      const placing: Promise<void> = this.#place(kind, `chaos-${this.#seed}-${number}`, stop).finally(() =>
        this.#inFlight.delete(placing),
      );
      this.#inFlight.add(placing);
    }
    await Promise.all(this.#inFlight);
  }

  async #place(kind: OrderKind, key: string, stop: AbortSignal): Promise<void> {
    const body = JSON.stringify(orderBody(kind));
    const deadline = Date.now() + PATIENCE;
    let answer = 'it was not sent';
    for (let tries = 1; Date.now() < deadline && !stop.aborted; tries++) {
      try {
        const response = await fetch(`${this.#shop}/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body,
          signal: AbortSignal.timeout(TIMEOUT),
        });
        const text = await response.text();
        if (response.status === 202) {
          const { orderId, flowId } = JSON.parse(text) as { orderId: string; flowId: string };
          this.accepted.push({ orderId, flowId, kind, acceptedAt: Date.now(), tries });
          return;
        }
        answer = `${response.status} ${text}`;
      } catch (error) {
        answer = String(error);
      }
      await delay(PAUSE);
    }
    this.givenUp.push(`${key} (${kind}): ${answer}`);
  }
}
