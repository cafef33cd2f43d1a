import type { Database, Session } from './database.ts';
import { inOrder } from './order.ts';
import { CLUE_ROWS, NEW_CLUE_ROWS } from './schema.ts';

/** Clues that are put in order together: whoever asks looks at each of those that are not. */
const TOGETHER = 10_000;
/** So many at once share their pages as it is. */
const AT_ONCE = 2_500;

/**
 * Writes clues. In order, each of a few stands on a page of its own, which a commit writes whole. So in a file those of
 * many small commits gather at the end of a table first, a few pages for a commit, and are put in order together. A
 * server of databases writes pages when it likes: there each goes to its place at once.
 */
export class Clues {
  /** How many gathered; undefined as long as nobody counted them. */
  #gathered: number | undefined;

  constructor(private readonly database: Database) {}

  /** What a transaction that failed had gathered is not there. */
  forget(): void {
    this.#gathered = undefined;
  }

  async add(session: Session, clues: readonly number[][]): Promise<void> {
    if (this.database.exchange !== undefined || clues.length >= AT_ONCE) {
      await session.insert(CLUE_ROWS, inOrder(clues));
      return;
    }
    let n = this.#gathered ?? (await lastGathered(session));
    const rows = clues.map((clue) => [++n, ...clue]);
    await session.insert(NEW_CLUE_ROWS, rows);
    if (n >= TOGETHER) {
      await session.run(PUT_IN_ORDER);
      await session.run('DELETE FROM new_clue');
      n = 0;
    }
    this.#gathered = n;
  }
}

async function lastGathered(session: Session): Promise<number> {
  const [row] = await session.all<{ n: number | null }>('SELECT MAX(n) AS n FROM new_clue');
  return row?.n ?? 0;
}

/** Behind a SELECT without WHERE, SQLite takes ON for a part of it. */
const PUT_IN_ORDER = `INSERT INTO clue (part, clue, place)
  SELECT part, clue, place FROM new_clue WHERE n > 0 ORDER BY part, clue, place
  ON CONFLICT (part, clue, place) DO NOTHING`;
