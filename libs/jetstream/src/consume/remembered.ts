const LIMIT = 10_000;

/** Values by message, of so many messages at most: the longest untouched is forgotten first. */
export class Remembered<T> {
  readonly #values = new Map<string, T>();

  constructor(private readonly limit = LIMIT) {}

  get(message: string): T | undefined {
    return this.#values.size === 0 ? undefined : this.#values.get(message);
  }

  set(message: string, value: T): void {
    this.#values.delete(message);
    this.#values.set(message, value);
    if (this.#values.size <= this.limit) return;
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      break;
    }
  }

  forget(message: string): void {
    if (this.#values.size > 0) this.#values.delete(message);
  }
}
