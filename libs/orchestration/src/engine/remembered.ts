/**
 * What was used last, by key: `most` entries at most, and half as many at least. Nothing is deleted from a `Map`: V8
 * makes its table anew every few hundred deletions, and the old one points on to the newer ones, so that once one is
 * old, all that the later ones held outlives every young collection.
 */
export class Remembered<T extends NonNullable<unknown>> {
  /** Null for what was deleted. */
  #recent = new Map<string, T | null>();
  #earlier = new Map<string, T | null>();

  constructor(private readonly most: number) {}

  get(key: string): T | undefined {
    const found = this.#recent.get(key);
    if (found !== undefined) return found ?? undefined;
    const earlier = this.#earlier.get(key) ?? undefined;
    if (earlier !== undefined) this.set(key, earlier);
    return earlier;
  }

  set(key: string, value: T): void {
    this.#put(key, value);
  }

  delete(key: string): void {
    this.#put(key, null);
  }

  #put(key: string, value: T | null): void {
    this.#recent.set(key, value);
    if (this.#recent.size < this.most / 2) return;
    this.#earlier = this.#recent;
    this.#recent = new Map();
  }
}
