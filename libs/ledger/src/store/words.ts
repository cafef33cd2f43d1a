import type { Session } from './database.ts';
import { WORD_ROWS } from './schema.ts';
import { next } from './shares.ts';

/** Words kept in memory: types, steps and subjects are few; foreign sources may be many. */
const KEPT = 20_000;

/** What repeats, as numbers. */
export class Words {
  #numbers = new Map<string, number>();
  #words = new Map<number, string>();

  /** The number of a word that was used of late. */
  known(word: string): number | undefined {
    return this.#numbers.get(word);
  }

  /**
   * The number of a word; it gets one when it has none. Only for whoever writes, and before it changes any other row:
   * others wait for their new words until the transaction ends.
   */
  async numberOf(session: Session, word: string): Promise<number> {
    const known = await this.find(session, word);
    if (known !== undefined) return known;
    const n = await next(session, 'word');
    const meanwhile = await this.find(session, word);
    if (meanwhile !== undefined) return meanwhile;
    await session.insert(WORD_ROWS, [[word, n]]);
    this.#keep(word, n);
    return n;
  }

  /** The number of a word, if it has one. */
  async find(session: Session, word: string): Promise<number | undefined> {
    const kept = this.known(word);
    if (kept !== undefined) return kept;
    const [row] = await session.all<{ n: number }>('SELECT n FROM word WHERE word = $1', [word]);
    if (row !== undefined) this.#keep(word, row.n);
    return row?.n;
  }

  async wordOf(session: Session, n: number): Promise<string> {
    const kept = this.#words.get(n);
    if (kept !== undefined) return kept;
    const [row] = await session.all<{ word: string }>('SELECT word FROM word WHERE n = $1', [n]);
    if (row !== undefined) this.#keep(row.word, n);
    return row?.word ?? '';
  }

  /** The words of these numbers; only those that were not used of late are asked for. */
  async said(session: Session, numbers: readonly number[]): Promise<(n: number) => string> {
    const said = new Map<number, string>();
    for (const n of numbers) {
      if (said.has(n)) continue;
      said.set(n, this.#words.get(n) ?? (await this.wordOf(session, n)));
    }
    return (n) => said.get(n) ?? '';
  }

  /** What a transaction that failed had added is not there. */
  forget(): void {
    this.#numbers.clear();
    this.#words.clear();
  }

  #keep(word: string, n: number): void {
    if (this.#numbers.size >= KEPT) this.forget();
    this.#numbers.set(word, n);
    this.#words.set(n, word);
  }
}
