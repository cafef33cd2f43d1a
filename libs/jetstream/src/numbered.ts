/**
 * Values by whole number, for thousands that come and go each second. V8's `Map` would leave a chain here: each table
 * that it outgrew points to the next one, and once one is old, all later ones and what they held survive every young
 * collection. Measured on a chain of steps, that was 17 ms instead of 2 ms a collection, a tenth of a hop's time.
 */
export class Numbered<T> {
  readonly #values: Record<number, T> = {};
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(number: number): T | undefined {
    return this.#values[number];
  }

  set(number: number, value: T): void {
    if (!(number in this.#values)) this.#size++;
    this.#values[number] = value;
  }

  delete(number: number): void {
    if (!(number in this.#values)) return;
    this.#size--;
    delete this.#values[number];
  }

  /** Setting and deleting while these are walked is harmless: what was deleted does not come any more. */
  *entries(): Generator<[number: number, value: T]> {
    for (const number of Object.keys(this.#values).map(Number)) {
      const value = this.#values[number];
      if (value !== undefined) yield [number, value];
    }
  }

  /** As `entries`. */
  *values(): Generator<T> {
    for (const [, value] of this.entries()) yield value;
  }
}
