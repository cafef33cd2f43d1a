import { setTimeout as delay } from 'node:timers/promises';

/** What is to be asked for, and when: milliseconds after the load began. */
export interface Planned<Kind> {
  readonly atMs: number;
  readonly kind: Kind;
}

/** One thing to ask for by `POST`, which may be asked for again: it is carried out once. */
export interface Wanted<Known> {
  /** Tells it apart from all others, in what people read. */
  readonly name: string;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it is asked for; of several places each try may take the next one. */
  url(tries: number): string;
  /** What is known of it by the body of the answer that takes it. */
  known(answer: string): Known;
}

/** Something that was asked for and taken. */
export type Accepted<Kind, Known> = Known & {
  readonly kind: Kind;
  /** Milliseconds since 1970 of the answer. */
  readonly acceptedAt: number;
  /** How often it was sent. */
  readonly tries: number;
};

/** How many are on their way at most. */
const IN_FLIGHT = 128;
const TIMEOUT = 10_000;
/** Between two tries of one. */
const PAUSE = 500;
/** After so long one that was not taken is given up: nothing was promised for it. */
const PATIENCE = 300_000;

/**
 * Asks for everything, each at its time, and again until it is taken: whether a request that got no answer was carried
 * out, nobody can know.
 */
export class Load<Kind extends string, Known> {
  readonly accepted: Accepted<Kind, Known>[] = [];
  /** Those that were never taken, with the last answer. */
  readonly givenUp: string[] = [];
  readonly #inFlight = new Set<Promise<void>>();

  /** @param wanted what is asked for, by its kind and its number in the plan */
  constructor(private readonly wanted: (kind: Kind, number: number) => Wanted<Known>) {}

  /** Resolves when every one was taken or given up. */
  async place(planned: readonly Planned<Kind>[], began: number, stop: AbortSignal): Promise<void> {
    for (const [number, { atMs, kind }] of planned.entries()) {
      const wait = began + atMs - Date.now();
      if (wait > 0) await delay(wait, undefined, { signal: stop }).catch(() => undefined);
      while (this.#inFlight.size >= IN_FLIGHT) await Promise.race(this.#inFlight);
      if (stop.aborted) break;
      const placing: Promise<void> = this.#place(kind, this.wanted(kind, number), stop).finally(() =>
        this.#inFlight.delete(placing),
      );
      this.#inFlight.add(placing);
    }
    await Promise.all(this.#inFlight);
  }

  async #place(kind: Kind, wanted: Wanted<Known>, stop: AbortSignal): Promise<void> {
    const body = JSON.stringify(wanted.body);
    const deadline = Date.now() + PATIENCE;
    let answer = 'it was not sent';
    for (let tries = 1; Date.now() < deadline && !stop.aborted; tries++) {
      try {
        const response = await fetch(wanted.url(tries), {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...wanted.headers },
          body,
          signal: AbortSignal.timeout(TIMEOUT),
        });
        const text = await response.text();
        if (response.status === 202) {
          this.accepted.push({ ...wanted.known(text), kind, acceptedAt: Date.now(), tries });
          return;
        }
        answer = `${response.status} ${text}`;
      } catch (error) {
        answer = String(error);
      }
      await delay(PAUSE);
    }
    this.givenUp.push(`${wanted.name} (${kind}): ${answer}`);
  }
}
