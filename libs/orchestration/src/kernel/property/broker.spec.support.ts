import type { Input } from '../input.ts';

/** Numbers that look random and are the same for a seed. */
export class Chance {
  constructor(private seed: number) {}

  /** From 0 up to, and without, `limit`. */
  below(limit: number): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }
}

/** What comes for the orchestrator, when it may be delivered. */
interface Waiting {
  readonly input: OrchestratorInput;
  readonly from: number;
}

/** An input, or an answer whose command may be one of a fan-out. */
export type OrchestratorInput = Exclude<Input, { kind: 'joined' | 'branch-answered' }>;

/** Delivers at least once, in any order, not before its time; takes a message id once. */
export class Broker {
  now = Date.parse('2026-01-01T00:00:00.000Z');
  readonly #published = new Set<string>();
  readonly #waiting: Waiting[] = [];

  constructor(private readonly chance: Chance) {}

  /** Whether the id is a new one. */
  take(messageId: string): boolean {
    if (this.#published.has(messageId)) return false;
    this.#published.add(messageId);
    return true;
  }

  send(input: OrchestratorInput, from = this.now): void {
    if (!this.take(input.inputId)) return;
    this.#waiting.push({ input, from });
    if (this.chance.below(8) === 0) this.#waiting.push({ input, from }); // delivered twice
  }

  /** One of the messages whose time has come; undefined when there is none. */
  next(): OrchestratorInput | undefined {
    const ready = this.#waiting.filter(({ from }) => from <= this.now);
    return ready[this.chance.below(ready.length)]?.input;
  }

  acknowledge(input: OrchestratorInput): void {
    this.#waiting.splice(
      this.#waiting.findIndex((one) => one.input === input),
      1,
    );
  }

  /** Lets the time pass until the next message may be delivered; false when none is left. */
  pass(): boolean {
    if (this.#waiting.length === 0) return false;
    this.now = Math.min(...this.#waiting.map(({ from }) => from));
    return true;
  }
}
