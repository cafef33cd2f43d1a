const FIRST = 250;
const LONGEST = 10_000;
/** A process that was ready for so long ran well: what ends it now has nothing to do with what ended it before. */
const WELL = 30_000;

/** How long to wait before a process is started again: 0.25 s, then double, up to 10 s. Times in milliseconds. */
export class Pauses {
  #next = FIRST;

  /** @param ranFor how long it was ready before it ended; 30 s or more, and the pauses begin anew */
  next(ranFor: number): number {
    const pause = ranFor >= WELL ? FIRST : this.#next;
    this.#next = Math.min(2 * pause, LONGEST);
    return pause;
  }
}
