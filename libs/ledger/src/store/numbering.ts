import type { Database, Session } from './database.ts';
import { Recent } from './recent.ts';
import { next } from './shares.ts';

/** Queues whose last number is kept in memory. */
const KEPT = 10_000;
/** Numbers of flows that are taken at once. */
const AT_ONCE = 1_000;

/** The numbers that a projector gives, kept in memory as long as it has its shares. */
export class Numbering {
  readonly #counts = new Recent<number, number>(KEPT);
  /** Numbers of flows that no other projector gives, the first of which are given. */
  readonly #flows: number[] = [];
  #given = 0;

  constructor(
    private readonly database: Database,
    private readonly shares: number,
  ) {}

  forget(): void {
    this.#counts.clear();
    this.#flows.length = 0;
    this.#given = 0;
  }

  /** Sees to it that there are numbers for so many flows. */
  async reserveFlows(count: number): Promise<void> {
    this.#flows.splice(0, this.#given);
    this.#given = 0;
    const missing = count - this.#flows.length;
    if (missing <= 0) return;
    const size = Math.max(AT_ONCE, missing);
    const last = await this.database.transaction((session) => next(session, 'flow', size));
    for (let n = last - size + 1; n <= last; n++) this.#flows.push(n);
  }

  /** One of those that were reserved. */
  nextFlow(): number {
    const n = this.#flows[this.#given++];
    if (n === undefined) throw new Error('more flows than numbers that were reserved');
    return n;
  }

  /** A number that was not needed: flows of one time keep to few parts of `clue` when none is left out. */
  giveBack(flow: number): void {
    this.#flows.push(flow);
  }

  /**
   * Messages on a subject and of a share are numbered in the stream's order: a difference of numbers is the length of a
   * queue. Undefined when its last number is not in memory.
   */
  knownNextOn(subject: number, share: number): number | undefined {
    const key = subject * this.shares + share;
    const count = this.#counts.get(key);
    if (count === undefined) return undefined;
    this.#counts.set(key, count + 1);
    return count + 1;
  }

  async nextOn(session: Session, subject: number, share: number): Promise<number> {
    const [row] = await session.all<{ nth: number }>(
      'SELECT nth FROM message WHERE subject = $1 AND share = $2 ORDER BY pos DESC LIMIT 1',
      [subject, share],
    );
    const count = (row?.nth ?? 0) + 1;
    this.#counts.set(subject * this.shares + share, count);
    return count;
  }
}
