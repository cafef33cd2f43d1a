import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/nats-core';

/** Something that is read anew, with what tells one reading from another. */
export interface Looked {
  readonly etag: string;
  /** Nothing changes any more. */
  readonly isOver: boolean;
}

/** Which writes are listened to, and how what they change is read. */
export interface Following<T extends Looked> {
  readonly client: NatsConnection;
  /** Subjects of the keys. */
  readonly subjects: readonly string[];
  /** Undefined when it is gone. */
  readonly look: () => Promise<T | undefined>;
  readonly signal: AbortSignal;
}

/** Faster changes are taken together. */
const PACE_MS = 100;

/**
 * What is read now, and after each change: of changes that follow one another within 100 ms, the last. Ends when it is
 * over or gone, and when the signal is aborted. It costs a core subscription for each subject, and nothing in the broker.
 */
export async function* follow<T extends Looked>(following: Following<T>): AsyncGenerator<T> {
  const { client, subjects, look, signal } = following;
  const writes = new Writes(signal);
  const callback = (): void => writes.heard();
  const subscriptions = subjects.map((subject) => client.subscribe(subject, { callback }));
  try {
    for (let last: string | undefined; !signal.aborted; await writes.next()) {
      const looked = await look();
      if (looked === undefined) return;
      if (looked.etag === last) continue;
      last = looked.etag;
      yield looked;
      if (looked.isOver) return;
      await delay(PACE_MS, undefined, { signal }).catch(() => {});
    }
  } finally {
    for (const subscription of subscriptions) subscription.unsubscribe();
  }
}

/** A write is heard before it is stored, and may be refused: what it changes is looked for more than once. */
const AFTER_A_WRITE_MS: readonly number[] = [10, 50, 250, 1_000];
/** A write that was not heard, since a core message may be lost, is found then. */
const WITHOUT_A_WRITE_MS = 10_000;

/** Says when to look. */
class Writes {
  #looks = AFTER_A_WRITE_MS.length;
  #wake: AbortController | undefined;

  constructor(private readonly signal: AbortSignal) {}

  heard(): void {
    this.#looks = 0;
    this.#wake?.abort();
  }

  /** Resolves at the next write, or soon after the last, or when nothing was heard for long. */
  async next(): Promise<void> {
    this.#wake = new AbortController();
    const ms = AFTER_A_WRITE_MS[this.#looks++] ?? WITHOUT_A_WRITE_MS;
    const signal = AbortSignal.any([this.#wake.signal, this.signal]);
    await delay(ms, undefined, { signal }).catch(() => {});
  }
}
