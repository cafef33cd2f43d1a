import type { Letter } from './letter.ts';

const MOST_BYTES = 16 * 1024 * 1024;

/** Hands letters out in chunks of a size that is known only when one is asked for; memory is bounded by bytes too. */
export class Chunks {
  readonly #pages: AsyncGenerator<Letter[]>;
  #waiting: Letter[] = [];

  constructor(pages: AsyncGenerator<Letter[]>) {
    this.#pages = pages;
  }

  /** The next letters, `most` at most; empty when there are no more. */
  async next(most: number): Promise<Letter[]> {
    while (this.#waiting.length === 0) {
      const page = await this.#pages.next();
      if (page.done === true) return [];
      this.#waiting = page.value;
    }
    let bytes = 0;
    const fitting = this.#waiting.findIndex((letter, i) => {
      bytes += letter.size;
      return i >= most || (i > 0 && bytes > MOST_BYTES);
    });
    return this.#waiting.splice(0, fitting === -1 ? this.#waiting.length : fitting);
  }

  /** Ends the reading behind it. */
  async close(): Promise<void> {
    await this.#pages.return(undefined);
  }
}
