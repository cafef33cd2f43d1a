import { positionOf } from '../model/record.ts';
import { keptText } from '../model/text.ts';
import type { Database, Value } from './database.ts';
import type { Words } from './words.ts';

/** A flow in a list. */
export interface FlowEntry {
  readonly n: number;
  readonly id: string;
  readonly started: number;
  readonly unsettled: number;
}

/** Which flows, youngest first. */
export interface FlowSlice {
  readonly unsettled?: boolean | undefined;
  /** Contract ids; of the message that was stored first. */
  readonly types?: readonly string[] | undefined;
  /** Started then or later, and before then; ms since the epoch. */
  readonly since: number;
  readonly until: number;
  /** Behind this one. */
  readonly before?: { readonly started: number; readonly n: number } | undefined;
  readonly limit: number;
}

/** Lists and counts what is in the index. */
export class Reading {
  constructor(
    private readonly database: Database,
    private readonly words: Words,
  ) {}

  /** The ledger's numbers of the flows that one handed off to, youngest first. */
  async handedOff(parent: string, limit: number): Promise<number[]> {
    const rows = await this.database.all<{ flow: number }>(
      'SELECT flow FROM child WHERE parent = $1 ORDER BY flow DESC LIMIT $2',
      [parent, limit],
    );
    return rows.map(({ flow }) => flow);
  }

  async flows({ unsettled, types, since, until, before, limit }: FlowSlice): Promise<FlowEntry[]> {
    // The database reads from here on: what is younger than the place is not gone through again.
    const end = before === undefined ? until : Math.min(until, before.started + 1);
    const values: Value[] = [since, end, limit];
    const place = (value: Value): string => `$${values.push(value)}`;
    const where = ['started >= $1', 'started < $2'];
    if (unsettled !== undefined) where.push(`unsettled = ${place(unsettled ? 1 : 0)}`);
    if (types !== undefined) {
      const words = await Promise.all(types.map((type) => this.words.find(this.database, keptText(type))));
      const known = words.filter((word) => word !== undefined);
      if (known.length === 0) return [];
      where.push(`type IN (${known.map(place).join(', ')})`);
    }
    if (before !== undefined) where.push(`(started, n) < (${place(before.started)}, ${place(before.n)})`);
    return this.database.all<FlowEntry>(
      `SELECT n, id, started, unsettled FROM flow WHERE ${where.join(' AND ')} ORDER BY started DESC, n DESC LIMIT $3`,
      values,
    );
  }

  async between(subject: string, stream: number, after: number, upTo: number): Promise<number> {
    const word = await this.words.find(this.database, subject);
    if (word === undefined) return 0;
    const nth = 'SELECT nth FROM message WHERE subject = $1 AND message.share = share.n';
    const counts = await this.database.all<{ count: number | null }>(
      `SELECT (${nth} AND pos <= $3 ORDER BY pos DESC LIMIT 1)
        - (${nth} AND pos > $2 ORDER BY pos LIMIT 1) + 1 AS count FROM share`,
      [word, positionOf(stream, after), positionOf(stream, upTo)],
    );
    return counts.reduce((sum, { count }) => sum + Math.max(0, count ?? 0), 0);
  }
}
