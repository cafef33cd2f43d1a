import { TransactionOverError } from '../errors.ts';
import type { Row, Session } from './database.ts';

/**
 * A session that ends: a handler that outlived its time would otherwise write into the next one's transaction, which
 * has its connection by then.
 */
export class GuardedSession implements Session {
  /** The last error of a statement. */
  failure: unknown;
  #over = false;

  constructor(private readonly inner: Session) {}

  query<R extends object = Row>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return this.#guarded(() => this.inner.query<R>(sql, values));
  }

  script(sql: string): Promise<void> {
    return this.#guarded(() => this.inner.script(sql));
  }

  end(): void {
    this.#over = true;
  }

  async #guarded<T>(run: () => Promise<T>): Promise<T> {
    if (this.#over) throw new TransactionOverError();
    try {
      return await run();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
