/** Messages whose failures are remembered; the longest untouched is forgotten first. */
const REMEMBERED = 10_000;

/**
 * Failed attempts, counted in memory by message. The broker's delivery count is no attempt count: when a process
 * dies, its whole prefetch is delivered again. What is forgotten only gets more tries.
 */
export class Attempts {
  readonly #failed = new Map<string, number>();

  constructor(private readonly limit = REMEMBERED) {}

  of(message: string): number {
    return this.#failed.size === 0 ? 0 : (this.#failed.get(message) ?? 0);
  }

  failed(message: string): void {
    const count = this.of(message) + 1;
    this.#failed.delete(message);
    this.#failed.set(message, count);
    if (this.#failed.size > this.limit) {
      for (const oldest of this.#failed.keys()) {
        this.#failed.delete(oldest);
        break;
      }
    }
  }

  forget(message: string): void {
    if (this.#failed.size > 0) this.#failed.delete(message);
  }
}
