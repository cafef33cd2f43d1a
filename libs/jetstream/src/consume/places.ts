import type { Pausable } from './isolation.ts';

/**
 * The places of a step's concurrency: what finds one free is begun, the rest waits in line. Paused, none is given away;
 * closed, none ever again.
 */
export class Places<T> implements Pausable {
  readonly size: number;
  readonly #begin: (item: T) => void;
  /** How many may be taken now. */
  #open: number;
  #taken = 0;
  /** Taken, but nothing is being handled there. */
  #quiet = 0;
  readonly #line: T[] = [];
  readonly #afterwards: (() => void)[] = [];
  #closed = false;
  readonly #silent: (() => void)[] = [];
  readonly #empty: (() => void)[] = [];

  constructor(size: number, begin: (item: T) => void) {
    this.size = size;
    this.#open = size;
    this.#begin = begin;
  }

  get taken(): number {
    return this.#taken;
  }

  get closed(): boolean {
    return this.#closed;
  }

  offer(item: T): void {
    if (this.#taken < this.#open) this.#take(item);
    else this.#line.push(item);
  }

  /** What was begun in a place is over: the next in line gets it. */
  release(): void {
    this.#taken--;
    if (this.#taken < this.#open) {
      const next = this.#line.shift();
      if (next !== undefined) {
        this.#take(next);
        return;
      }
    }
    this.#tell();
  }

  /** As `release`, after a while in which the place stays taken. */
  releaseAfter(ms: number): void {
    this.quieten();
    setTimeout(() => {
      this.#quiet--;
      this.release();
    }, ms);
  }

  /** One of the places stays taken, but nothing is being handled there until `stir`. */
  quieten(): void {
    this.#quiet++;
    this.#tell();
  }

  stir(): void {
    this.#quiet--;
  }

  /** Calls `run` as soon as places are given away; never, once closed. */
  whenOpen(run: () => void): void {
    if (this.#open > 0) run();
    else this.#afterwards.push(run);
  }

  pause(): Promise<void> {
    this.#open = 0;
    return new Promise((resolve) => {
      this.#silent.push(resolve);
      this.#tell();
    });
  }

  resume(): void {
    if (this.#closed) return;
    this.#open = this.size;
    for (const run of this.#afterwards.splice(0)) run();
    while (this.#taken < this.#open) {
      const next = this.#line.shift();
      if (next === undefined) return;
      this.#take(next);
    }
  }

  /** Gives no more places away. */
  close(): void {
    this.#closed = true;
    this.#open = 0;
  }

  /** What still waits in line, which is empty then. */
  clear(): T[] {
    return this.#line.splice(0);
  }

  /** Resolves when no place is taken. */
  emptied(): Promise<void> {
    return new Promise((resolve) => {
      this.#empty.push(resolve);
      this.#tell();
    });
  }

  /** Counts no place as taken any more, whatever goes on there. */
  abandon(): void {
    this.#taken = 0;
    this.#quiet = 0;
    this.#tell();
  }

  #take(item: T): void {
    this.#taken++;
    this.#begin(item);
  }

  #tell(): void {
    if (this.#silent.length > 0 && this.#taken <= this.#quiet) settle(this.#silent);
    if (this.#empty.length > 0 && this.#taken <= 0) settle(this.#empty);
  }
}

function settle(waiting: (() => void)[]): void {
  for (const resolve of waiting.splice(0)) resolve();
}
