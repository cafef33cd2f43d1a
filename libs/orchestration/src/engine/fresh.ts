/** Answers that are never older than their questions: all who ask while one is under way share the next one. */
export class Fresh<T> {
  #underWay: Promise<T> | undefined;

  constructor(private readonly find: () => Promise<T>) {}

  ask(): Promise<T> {
    const next = (): Promise<T> => this.#underWay ?? this.#begin();
    return this.#underWay?.then(next, next) ?? this.#begin();
  }

  #begin(): Promise<T> {
    this.#underWay = this.find().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }
}
