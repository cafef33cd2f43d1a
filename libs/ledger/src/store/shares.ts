import { crc32 } from 'node:zlib';
import type { Database, Session } from './database.ts';

/** Shares of a database that several processes may have: so many divide evenly among one to four, and six. */
const SHARES = 12;

/** How far each stream is indexed, by the ledger's number of the stream. */
export type Positions = Readonly<Record<number, number>>;

/** How far a share is indexed. */
export interface SharePositions {
  readonly share: number;
  readonly upto: Positions;
}

/** Who projects, and which share is whose. */
export interface Division {
  /** The eldest first. `beat` changes as long as it lives. */
  readonly projectors: readonly { readonly n: number; readonly beat: number }[];
  readonly shares: readonly { readonly n: number; readonly holder: number | null }[];
}

export function shareCountOf({ exchange }: Pick<Database, 'exchange'>): number {
  return exchange === undefined ? 1 : SHARES;
}

/** The share that a subject belongs to: by its lane, as a flow mostly keeps to one; by the last token of any other. */
export function shareOf(subject: string, shares: number): number {
  if (shares === 1) return 0;
  const last = subject.slice(subject.lastIndexOf('.') + 1);
  return (/^\d{1,4}$/.test(last) ? Number(last) : crc32(last)) % shares;
}

/**
 * What is to be indexed, divided among projectors. A share is one projector's at a time, who alone writes what belongs
 * to it, and how far it is; whoever takes it goes on there.
 */
export class Shares {
  readonly count: number;

  constructor(private readonly database: Database) {
    this.count = shareCountOf(database);
  }

  /** A number of its own for whoever projects from now on. @param name for whoever looks into the table */
  async join(name: string): Promise<number> {
    return this.database.transaction(async (session) => {
      const n = await next(session, 'projector');
      await session.run('INSERT INTO projector (n, name, beat) VALUES ($1, $2, 0)', [n, name]);
      return n;
    });
  }

  /** For a database that is meant for one process: everything is taken from whoever had it. */
  async takeAll(n: number): Promise<void> {
    await this.database.transaction(async (session) => {
      await session.run('DELETE FROM projector WHERE n <> $1', [n]);
      await session.run('UPDATE share SET holder = $1', [n]);
    });
  }

  /** Says that a projector lives; false when others took it for dead. */
  async beat(n: number): Promise<boolean> {
    const rows = await this.database.all('UPDATE projector SET beat = beat + 1 WHERE n = $1 RETURNING n', [
      n,
    ]);
    return rows.length > 0;
  }

  async division(): Promise<Division> {
    return {
      projectors: await this.database.all('SELECT n, beat FROM projector ORDER BY n'),
      shares: await this.database.all('SELECT n, holder FROM share ORDER BY n'),
    };
  }

  /** Takes a share from whoever was seen to have it; what that one is writing is waited for. */
  async take(share: number, n: number, from: number | null): Promise<boolean> {
    const holder = from === null ? 'holder IS NULL' : 'holder = $3';
    const rows = await this.database.all(
      `UPDATE share SET holder = $1 WHERE n = $2 AND ${holder} RETURNING n`,
      [n, share, ...(from === null ? [] : [from])],
    );
    return rows.length > 0;
  }

  async release(share: number, n: number): Promise<void> {
    await this.database.run('UPDATE share SET holder = NULL WHERE n = $1 AND holder = $2', [share, n]);
  }

  /** Hands everything to whoever comes first. */
  async leave(n: number): Promise<void> {
    await this.database.transaction(async (session) => {
      await session.run('UPDATE share SET holder = NULL WHERE holder = $1', [n]);
      await session.run('DELETE FROM projector WHERE n = $1', [n]);
    });
  }

  /** A projector whose beat is still this one is none any more; false when it has another one. */
  async bury({ n, beat }: Division['projectors'][number]): Promise<boolean> {
    const rows = await this.database.all('DELETE FROM projector WHERE n = $1 AND beat = $2 RETURNING n', [
      n,
      beat,
    ]);
    return rows.length > 0;
  }

  async positions(): Promise<SharePositions[]> {
    const rows = await this.database.all<{ n: number; upto: string }>('SELECT n, upto FROM share ORDER BY n');
    return rows.map(({ n, upto }) => ({ share: n, upto: JSON.parse(upto) as Positions }));
  }
}

/** The next number of a counter; others wait for theirs until the transaction ends. */
export async function next(session: Session, counter: string, count = 1): Promise<number> {
  const [row] = await session.all<{ last: number }>(
    'UPDATE counter SET last = last + $1 WHERE name = $2 RETURNING last',
    [count, counter],
  );
  return row?.last ?? 0;
}

/**
 * Notes how far shares are indexed, in the transaction that indexed it: nobody takes them before it ends.
 * @returns whether all of them are still the projector's
 */
export async function advance(
  session: Session,
  n: number,
  shares: readonly SharePositions[],
): Promise<boolean> {
  let held = 0;
  for (const [upto, together] of Map.groupBy(shares, (each) => JSON.stringify(each.upto))) {
    const places = together.map((_, i) => `$${i + 3}`).join(', ');
    const rows = await session.all(
      `UPDATE share SET upto = $1 WHERE holder = $2 AND n IN (${places}) RETURNING n`,
      [upto, n, ...together.map(({ share }) => share)],
    );
    held += rows.length;
  }
  return held === shares.length;
}
