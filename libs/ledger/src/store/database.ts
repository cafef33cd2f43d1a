/** What a column holds. */
export type Value = string | number | null;

/** Where rows are put: what is there already under the key is merged as `conflict` says. */
export interface Insertion {
  readonly table: string;
  readonly columns: readonly string[];
  /** The columns that name a row; they come first in `columns`. */
  readonly key: readonly string[];
  /** `DO NOTHING`, or `DO UPDATE SET …` with `excluded`. */
  readonly conflict: string;
}

/** What can be asked of a database, in a transaction or outside. Parameters are `$1`, `$2` …, each named once. */
export interface Session {
  all<R extends object>(sql: string, values?: readonly Value[]): Promise<R[]>;
  run(sql: string, values?: readonly Value[]): Promise<void>;
  /** Rows of one key are put in their order. */
  insert(insertion: Insertion, rows: readonly (readonly Value[])[]): Promise<void>;
}

/**
 * A database of the ledger: SQL that SQLite and PostgreSQL both speak. Whole numbers up to 2^53 come back as numbers.
 * One process writes to it; another one that does is a fault that it cannot see.
 */
export interface Database extends Session {
  /** For messages to people; without credentials. */
  readonly where: string;
  /** Opens it, unless it is open, and runs the statements of a schema, all or none. @throws LedgerStoreError */
  open(schema: string): Promise<void>;
  /** All of it or nothing. One at a time. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** May be called twice. */
  close(): Promise<void>;
}
