/** What can be told to begin nothing for a while. */
export interface Pausable {
  /** Begins nothing from now on; resolves when nothing is being handled any more. */
  pause(): Promise<void>;
  resume(): void;
}

/**
 * Lets one message at a time be handled alone in the whole process: what runs is awaited, and nothing else is begun
 * meanwhile. What waits for that together is handled one after the other; then everything else goes on, each step with
 * as many messages as it handles at once, before the next ones are.
 */
export class Isolation {
  readonly #others = new Set<Pausable>();
  #turns: (() => Promise<void>)[] = [];
  #running = false;

  join(other: Pausable): void {
    this.#others.add(other);
    if (this.#running) void other.pause();
  }

  /** Calls `turn` when nothing else is being handled, and keeps it so until that resolves. It must not reject. */
  alone(turn: () => Promise<void>): void {
    this.#turns.push(turn);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#turns.length > 0) {
      await Promise.all([...this.#others].map((other) => other.pause()));
      const turns = this.#turns;
      this.#turns = [];
      for (const turn of turns) await turn();
      for (const other of this.#others) other.resume();
    }
    this.#running = false;
  }
}
