import { Remembered } from './remembered.ts';

/**
 * Failed attempts, counted in memory by message. The broker's delivery count is no attempt count: when a process
 * dies, its whole prefetch is delivered again. What is forgotten only gets more tries.
 */
export class Attempts {
  readonly #failed: Remembered<number>;

  constructor(limit?: number) {
    this.#failed = new Remembered(limit);
  }

  of(message: string): number {
    return this.#failed.get(message) ?? 0;
  }

  failed(message: string): void {
    this.#failed.set(message, this.of(message) + 1);
  }

  forget(message: string): void {
    this.#failed.forget(message);
  }
}
