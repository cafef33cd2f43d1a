/** A row as both drivers give it: see {@link Transaction.query} for the types of its values. */
export type Row = Record<string, unknown>;

/** What a handler does its effects with. */
export interface Transaction {
  /**
   * Runs one statement; `$1`, `$2` … stand for `values`. Give JSON as text (`JSON.stringify`), bytes as `Uint8Array`.
   * Rows come back with whole numbers as `number` (`bigint` when it would lose digits), `numeric`, `date` and
   * `timestamp` as text, `timestamptz` as `Date`, JSON parsed, bytes as `Uint8Array`.
   *
   * The transaction is committed and rolled back by whoever gave it; PostgreSQL's default isolation, READ COMMITTED.
   * @throws EffectsUnavailableError when the database is away; the driver's error, with its SQLSTATE as `code`, else
   * @throws TransactionOverError once the handler's promise has settled
   */
  query<R extends object = Row>(sql: string, values?: readonly unknown[]): Promise<R[]>;
}

/** A transaction that also makes tables. */
export interface Session extends Transaction {
  /** Runs several statements, without values. */
  script(sql: string): Promise<void>;
}

/** PostgreSQL, on a server or embedded: two adapters behind one conformance suite. */
export interface Database {
  /** Whether all instances of an app use it; an embedded one is private to its process. */
  readonly shared: boolean;
  /** Where it is, as a person is told: without credentials. */
  readonly where: string;
  /** Why it could not be used when it was last asked, as one sentence. */
  readonly problem: string | undefined;
  /**
   * Resolves when it answers. May be called again.
   * @throws EffectsUnavailableError when it does not
   * @throws FolderTakenError when another process has an embedded one
   */
  open(): Promise<void>;
  /**
   * Commits what `work` does when it resolves, and rolls it back when it rejects.
   * @throws EffectsUnavailableError when the database is away; during the commit it is not known whether it happened
   * @throws TransactionFailedError when a statement failed and `work` resolved all the same
   */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Runs one statement by itself, as {@link Transaction.query}. */
  query<R extends object = Row>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** May be called twice. */
  close(): Promise<void>;
}
