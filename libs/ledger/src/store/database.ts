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

/** Reaches all processes that have one database: what is told is heard when the transaction is committed. */
export interface Exchange {
  /** At most 8,000 bytes. */
  tell(session: Session, text: string): Promise<void>;
  /** Hears what was told, by this process too; until the database is closed. What is told while it is away is lost. */
  listen(heard: (text: string) => void): void;
}

/**
 * A database of the ledger: SQL that SQLite and PostgreSQL both speak. Whole numbers up to 2^53 come back as numbers.
 * A statement sees what was committed before it, and waits for a transaction that changes a row which it changes too.
 */
export interface Database extends Session {
  /** Undefined when it is meant for one process: a second one takes it from the first. */
  readonly exchange: Exchange | undefined;
  /** For messages to people; without credentials. */
  readonly where: string;
  /**
   * Opens it, unless it is open, and runs the statements of a schema, all or none; one process at a time.
   * @param unless a query: when it finds anything, nothing is run
   * @throws LedgerStoreError
   */
  open(schema: string, unless?: string): Promise<void>;
  /** All of it or nothing. One at a time. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** May be called twice. */
  close(): Promise<void>;
}
