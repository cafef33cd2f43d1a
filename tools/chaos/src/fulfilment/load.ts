import { setTimeout as delay } from 'node:timers/promises';
import { type FulfilmentKind, fulfilmentBody } from './fulfilling.ts';
import type { PlannedFulfilment } from './plan.ts';

/** A fulfilment that an orchestrator took. */
export interface AcceptedFulfilment {
  readonly id: string;
  readonly kind: FulfilmentKind;
  /** Milliseconds since 1970 of the answer. */
  readonly acceptedAt: number;
  /** How often it was sent. */
  readonly tries: number;
}

/** How many are on their way at most. */
const IN_FLIGHT = 64;
const TIMEOUT = 10_000;
/** Between two tries of one fulfilment. */
const PAUSE = 250;
/** After so long one that was not taken is given up: nothing was promised for it. */
const PATIENCE = 300_000;

/** Asks for fulfilments, each at its time, of the orchestrators in turn, until one of them takes it: its id makes it one. */
export class FulfilmentLoad {
  readonly accepted: AcceptedFulfilment[] = [];
  /** Those that were never taken, with the last answer. */
  readonly givenUp: string[] = [];
  readonly #inFlight = new Set<Promise<void>>();

  constructor(
    private readonly orchestrators: readonly string[],
    private readonly seed: number,
  ) {}

  /** Resolves when every one was taken or given up. */
  async place(planned: readonly PlannedFulfilment[], began: number, stop: AbortSignal): Promise<void> {
    for (const [number, { atMs, kind }] of planned.entries()) {
      const wait = began + atMs - Date.now();
      if (wait > 0) await delay(wait, undefined, { signal: stop }).catch(() => undefined);
      while (this.#inFlight.size >= IN_FLIGHT) await Promise.race(this.#inFlight);
      if (stop.aborted) break;
      const placing: Promise<void> = this.#place(kind, number, stop).finally(() =>
        this.#inFlight.delete(placing),
      );
      this.#inFlight.add(placing);
    }
    await Promise.all(this.#inFlight);
  }

  async #place(kind: FulfilmentKind, number: number, stop: AbortSignal): Promise<void> {
    const id = `chaos-${this.seed}-${number}`;
    const body = JSON.stringify(fulfilmentBody(kind, id));
    const deadline = Date.now() + PATIENCE;
    let answer = 'it was not sent';
    for (let tries = 1; Date.now() < deadline && !stop.aborted; tries++) {
      const url = this.orchestrators[(number + tries) % this.orchestrators.length];
      try {
        const response = await fetch(`${url}/fulfilments`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
          signal: AbortSignal.timeout(TIMEOUT),
        });
        const text = await response.text();
        if (response.status === 202) {
          this.accepted.push({ id, kind, acceptedAt: Date.now(), tries });
          return;
        }
        answer = `${response.status} ${text}`;
      } catch (error) {
        answer = String(error);
      }
      await delay(PAUSE);
    }
    this.givenUp.push(`${id} (${kind}): ${answer}`);
  }
}
