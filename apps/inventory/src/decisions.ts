/** Remembers what was decided, by key, up to a total weight; beyond it the oldest are forgotten. */
export class Decisions<T> {
  readonly #decided = new Map<string, T>();
  #weight = 0;

  constructor(
    private readonly most: number,
    private readonly weigh: (decision: T) => number,
  ) {}

  /** What was decided for the key, else what `decide` says now. */
  once(key: string, decide: () => T): T {
    const known = this.#decided.get(key);
    if (known !== undefined) return known;
    const decision = decide();
    this.#decided.set(key, decision);
    this.#weight += this.weigh(decision);
    for (const [oldest, forgotten] of this.#decided) {
      if (this.#weight <= this.most) break;
      this.#decided.delete(oldest);
      this.#weight -= this.weigh(forgotten);
    }
    return decision;
  }
}
