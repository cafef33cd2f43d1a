import type { Batch } from '../store/batch.ts';

type Read = { -readonly [K in 'messages' | 'letters' | 'notices']: Batch[K][number][] };

/** Messages that may wait here to be written: beyond that, readers are held up. */
const CAPACITY = 2_000;

/** What readers have read and nobody has written yet. */
export class Intake {
  #read: Read = { messages: [], letters: [], notices: [] };
  #size = 0;
  #room: (() => void)[] = [];

  constructor(private readonly filled: () => void) {}

  get size(): number {
    return this.#size;
  }

  /** Resolves when there is room for more. */
  put<K extends keyof Read>(kind: K, entry: Read[K][number]): Promise<void> | undefined {
    (this.#read[kind] as Read[K][number][]).push(entry);
    this.#size++;
    this.filled();
    if (this.#size < CAPACITY) return undefined;
    return new Promise((resolve) => this.#room.push(resolve));
  }

  take(): Read {
    const taken = this.#read;
    this.#read = { messages: [], letters: [], notices: [] };
    this.#size = 0;
    for (const resolve of this.#room.splice(0)) resolve();
    return taken;
  }
}
