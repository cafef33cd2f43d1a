import type { Answer } from './tap.ts';

/** How a consumer's work went of late. */
export interface Pace {
  /** Messages acknowledged each second, over the last 30 s. */
  readonly perSecond: number;
  /** From stored to acknowledged, ms, of the last 1,000 messages; undefined before the first. */
  readonly criticalMs: { readonly p50: number; readonly p99: number } | undefined;
  /** Deliveries handed back to be tried again since the ledger runs. */
  readonly retries: number;
  /** When an answer was heard last, ms since the epoch. */
  readonly lastSeenAt: number | undefined;
}

const SECONDS = 30;
const SAMPLES = 1_000;

/** Rates and times from the answers that passed; kept in memory, and so as old as this process. */
export class Paces {
  readonly #gauges = new Map<string, Gauge>();

  heard(answer: Answer): void {
    const key = `${answer.stream} ${answer.consumer}`;
    const gauge = this.#gauges.get(key) ?? new Gauge();
    this.#gauges.set(key, gauge);
    gauge.heard(answer);
  }

  of(stream: string, consumer: string, now: number): Pace {
    return (this.#gauges.get(`${stream} ${consumer}`) ?? new Gauge()).pace(now);
  }

  /** Of consumers that are there no longer, nothing is kept. */
  keepOnly(isThere: (stream: string, consumer: string) => boolean): void {
    for (const key of this.#gauges.keys()) {
      const [stream = '', consumer = ''] = key.split(' ');
      if (!isThere(stream, consumer)) this.#gauges.delete(key);
    }
  }
}

class Gauge {
  readonly #counts = new Array<number>(SECONDS + 1).fill(0);
  #second = 0;
  readonly #times: number[] = [];
  #next = 0;
  #retries = 0;
  #startedAt: number | undefined;
  #lastSeenAt: number | undefined;

  heard({ answer, at, storedAt }: Answer): void {
    this.#lastSeenAt = at;
    this.#startedAt ??= at;
    if (answer === 'nak') this.#retries++;
    if (answer !== 'ack') return;
    this.#turnTo(at);
    this.#counts[this.#second % this.#counts.length]! += 1;
    this.#times[this.#next] = Math.max(0, at - storedAt);
    this.#next = (this.#next + 1) % SAMPLES;
  }

  pace(now: number): Pace {
    this.#turnTo(now);
    const sum = this.#counts.reduce((a, b) => a + b, 0);
    const seconds = Math.min(SECONDS, Math.max(1, (now - (this.#startedAt ?? now)) / 1_000));
    const times = [...this.#times].sort((a, b) => a - b);
    const at = (part: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
    return {
      perSecond: sum / seconds,
      criticalMs: times.length === 0 ? undefined : { p50: at(0.5), p99: at(0.99) },
      retries: this.#retries,
      lastSeenAt: this.#lastSeenAt,
    };
  }

  /** Empties the buckets of the seconds in which nothing came. */
  #turnTo(at: number): void {
    const second = Math.floor(at / 1_000);
    for (let each = Math.max(this.#second + 1, second - SECONDS); each <= second; each++)
      this.#counts[each % this.#counts.length] = 0;
    this.#second = Math.max(this.#second, second);
  }
}
