import { hostname } from 'node:os';
import type { Division, Shares } from '../store/shares.ts';

/** Turns in which a projector did nothing before others take it for dead: as they count their own, no clocks are compared. */
const PATIENCE = 10;

/** What a projector has. */
export interface Holding {
  /** Its number among projectors. */
  readonly projector: number;
  readonly shares: readonly number[];
  /** Whether some of them were just taken: somebody else may have had them meanwhile. */
  readonly isNew: boolean;
}

/**
 * Which shares are this projector's. All projectors see the same table and divide it in the same way, the eldest first;
 * each hands back what is another's, and takes what is its own when nobody living has it. It only says who is to write;
 * that no two do is held by the table itself.
 */
export class Membership {
  #me: number | undefined;
  #isFirst = true;
  /** The beats of others, and for how many turns they have not changed. */
  #seen = new Map<number, { readonly beat: number; readonly turns: number }>();

  constructor(private readonly shares: Shares) {}

  /** Takes part once more; to be called at an even pace. */
  async turn(): Promise<Holding> {
    const me = await this.#living();
    const division = await this.shares.division();
    const living = await this.#livingOf(division, me);
    const place = living.indexOf(me);
    const held: number[] = [];
    let isNew = false;
    for (const { n, holder } of division.shares) {
      const isMine = n % living.length === place;
      if (holder === me && !isMine) await this.shares.release(n, me);
      if (!isMine) continue;
      const isFree = holder === null || !living.includes(holder);
      const isTaken = isFree && (await this.shares.take(n, me, holder));
      if (holder === me || isTaken) held.push(n);
      isNew ||= isTaken;
    }
    return { projector: me, shares: held, isNew };
  }

  /** Hands everything over at once. */
  async leave(): Promise<void> {
    const me = this.#me;
    this.#me = undefined;
    if (me !== undefined) await this.shares.leave(me);
  }

  async #living(): Promise<number> {
    if (this.#me !== undefined && (await this.shares.beat(this.#me))) return this.#me;
    this.#me = await this.shares.join(`${hostname()}/${process.pid}`);
    if (this.#isFirst && this.shares.count === 1) await this.shares.takeAll(this.#me);
    this.#isFirst = false;
    return this.#me;
  }

  async #livingOf({ projectors }: Division, me: number): Promise<number[]> {
    const seen = new Map<number, { beat: number; turns: number }>();
    const living: number[] = [];
    for (const projector of projectors) {
      const { n, beat } = projector;
      const earlier = this.#seen.get(n);
      const turns = earlier?.beat === beat && n !== me ? earlier.turns + 1 : 0;
      seen.set(n, { beat, turns });
      if (turns < PATIENCE || !(await this.shares.bury(projector))) living.push(n);
    }
    this.#seen = seen;
    return living;
  }
}
