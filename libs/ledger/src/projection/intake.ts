import type { Batch } from '../store/batch.ts';

type Read = { -readonly [K in 'messages' | 'letters' | 'notices']: Batch[K][number][] };

/** Messages that may wait here to be written, and their bytes: beyond that, readers are held up. */
const CAPACITY = 5_000;
const CAPACITY_BYTES = 16 * 1024 * 1024;

/** What readers have read and nobody has written yet. */
export class Intake {
  #read: Read = { messages: [], letters: [], notices: [] };
  #size = 0;
  #bytes = 0;
  #room: (() => void)[] = [];

  constructor(private readonly filled: () => void) {}

  get isFull(): boolean {
    return this.#size >= CAPACITY || this.#bytes >= CAPACITY_BYTES;
  }

  /** Resolves when there is room for more. @param bytes of the message: texts of an entry may keep all its headers */
  put<K extends keyof Read>(kind: K, entry: Read[K][number], bytes: number): Promise<void> | undefined {
    (this.#read[kind] as Read[K][number][]).push(entry);
    this.#size++;
    this.#bytes += bytes;
    if (!this.isFull) return undefined;
    this.filled();
    return new Promise((resolve) => this.#room.push(resolve));
  }

  take(): Read {
    const taken = this.#read;
    this.#read = { messages: [], letters: [], notices: [] };
    this.#size = 0;
    this.#bytes = 0;
    for (const resolve of this.#room.splice(0)) resolve();
    return taken;
  }
}
