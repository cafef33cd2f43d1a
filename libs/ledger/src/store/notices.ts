import type { Durable } from '../model/course.ts';
import type { Registered } from '../model/expectation.ts';
import type { RetryNotice } from './batch.ts';
import { CANDIDATES, clueOf } from './clue.ts';
import type { Session, Value } from './database.ts';
import type { Words } from './words.ts';

/** Notices that came before what they are about is known: so many, and so long. They only add to what is known. */
const KEPT = 1_000;
const KEPT_MS = 10_000;

/** What notices tell of deliveries. */
export class Notices {
  #durables: readonly Registered[] = [];
  #untold: { readonly notice: RetryNotice; readonly until: number }[] = [];

  constructor(private readonly words: Words) {}

  /** All consumers that there are. */
  know(durables: readonly Registered[]): void {
    this.#durables = durables;
  }

  /** Consumers that are new, or known otherwise. */
  register(durables: readonly Registered[]): void {
    const changed = new Set(durables.map(({ durable }) => durable.n));
    this.#durables = [...this.#durables.filter(({ durable }) => !changed.has(durable.n)), ...durables];
  }

  /** The rows of `evidence` that notices add to. */
  async rowsOf(session: Session, notices: readonly RetryNotice[], now: number): Promise<Value[][]> {
    const rows: Value[][] = [];
    const until = now + KEPT_MS;
    const entries = [...this.#untold, ...notices.map((notice) => ({ notice, until }))];
    this.#untold = [];
    for (const entry of entries) {
      const row = await this.#rowOf(session, entry.notice);
      if (row !== undefined) rows.push(row);
      else if (entry.until > now) this.#untold.push(entry);
    }
    this.#untold.splice(0, this.#untold.length - KEPT);
    return rows;
  }

  async #rowOf(session: Session, notice: RetryNotice): Promise<Value[] | undefined> {
    const { id, source, type, step, at, attempt, nextAt, error } = notice;
    const target = await this.words.find(session, step);
    const from = await this.words.find(session, source);
    const what = await this.words.find(session, type);
    const [message] = await session.all<{ pos: number; subject: number }>(
      `${CANDIDATES} SELECT pos, subject FROM candidate JOIN message ON message.flow = candidate.flow
        WHERE id = $2 AND source = $3 AND type = $4 AND due IS NULL AND (origin IS NULL OR target = $5)
        ORDER BY pos DESC LIMIT 1`,
      [clueOf(id), id, from ?? null, what ?? null, target ?? null],
    );
    if (message === undefined) return undefined;
    const subject = await this.words.wordOf(session, message.subject);
    const durable = this.#durableOf(step, subject);
    if (durable === undefined) return undefined;
    return [message.pos, durable.n, null, at, attempt ?? null, nextAt ?? null, error];
  }

  #durableOf(step: string, subject: string): Durable | undefined {
    return this.#durables.find(({ durable }) => durable.step === step && durable.subject === subject)
      ?.durable;
  }
}
