/** Gives one turn after another for each key, in the order in which they were asked for. */
export class Turns {
  /** Who waits for the present turn of a key to end. */
  readonly #waiting = new Map<string, (() => void)[]>();

  /** The turn is this one's when it resolves; undefined: at once. */
  take(key: string): Promise<void> | undefined {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return new Promise((resolve) => waiting.push(resolve));
    this.#waiting.set(key, []);
    return undefined;
  }

  /** To be called by whose turn it is, once. */
  end(key: string): void {
    const next = this.#waiting.get(key)?.shift();
    if (next === undefined) this.#waiting.delete(key);
    else next();
  }
}
