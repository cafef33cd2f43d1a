import type { Durable } from '../model/course.ts';
import type { Registered } from '../model/expectation.ts';
import type { StoredEvidence } from '../model/record.ts';
import type { Batch, NewMessage, RetryNotice } from './batch.ts';
import type { Database, Session, Value } from './database.ts';
import {
  ANSWERS,
  DURABLE_ROWS,
  EVIDENCE_ROWS,
  FLOW_ROWS,
  KEY_ROWS,
  LETTER_ROWS,
  MESSAGE_ROWS,
  STREAM_ROWS,
} from './schema.ts';
import type { Words } from './words.ts';

/** Notices that came before what they are about is known: so many, and so long. They only add to what is known. */
const KEPT_NOTICES = 1_000;
const KEPT_NOTICES_MS = 10_000;

/** Flows whose numbers are kept in memory: most messages are of a flow that was heard of a moment ago. */
const KEPT = 20_000;

/** Writes what the projection read. Its counters are its own: a ledger has one writer. */
export class Writing {
  readonly #flows = new Map<string, number>();
  readonly #counts = new Map<number, number>();
  #lastFlow = 0;
  #durables: readonly Registered[] = [];
  #lastWrite = 0;
  #untold: { readonly notice: RetryNotice; readonly until: number }[] = [];

  constructor(
    private readonly database: Database,
    private readonly words: Words,
  ) {}

  async load(): Promise<void> {
    this.#flows.clear();
    this.#counts.clear();
    const [row] = await this.database.all<{ last: number | null }>('SELECT MAX(n) AS last FROM flow');
    this.#lastFlow = row?.last ?? 0;
    const durables = await this.database.all<{ content: string }>('SELECT content FROM durable');
    this.#durables = durables.map(({ content }) => JSON.parse(content) as Registered);
  }

  async write(batch: Batch, now: number): Promise<number[]> {
    // No two writes at one time: a flow that was written again is another one.
    this.#lastWrite = Math.max(now, this.#lastWrite + 1);
    const at = this.#lastWrite;
    try {
      return await this.database.transaction((session) => this.#write(session, batch, at));
    } catch (error) {
      await this.words.forget(this.database).catch(() => {}); // the database is away: nothing is counted on
      await this.load().catch(() => {});
      throw error;
    }
  }

  async #write(session: Session, batch: Batch, now: number): Promise<number[]> {
    const { messages, letters, notices, evidence, streams, durables } = batch;
    if (durables.length > 0) await this.#register(session, durables);
    const touched = await this.#messages(session, messages, now);
    const letterRows: Value[][] = [];
    for (const { pos, failure, of, id, step, reason, error, at } of letters) {
      letterRows.push([
        pos,
        failure,
        of,
        id ?? null,
        await this.words.numberOf(session, step),
        reason,
        error ?? null,
        at,
      ]);
    }
    await session.insert(LETTER_ROWS, letterRows);
    const told = await this.#told(session, notices, now);
    await session.insert(EVIDENCE_ROWS, [...evidence.map(evidenceRow), ...told]);
    await session.insert(
      STREAM_ROWS,
      streams.map(({ n, name, created, upto }) => [n, name, created, upto]),
    );
    const concerned = [...evidence.map(({ pos }) => pos), ...letters.map(({ of }) => of)];
    for (const flow of await flowsOf(session, concerned)) touched.add(flow);
    return [...touched];
  }

  async #register(session: Session, durables: readonly Registered[]): Promise<void> {
    const changed = new Set(durables.map(({ durable }) => durable.n));
    this.#durables = [...this.#durables.filter(({ durable }) => !changed.has(durable.n)), ...durables];
    await session.insert(
      DURABLE_ROWS,
      durables.map((entry) => {
        const { stream, name, n } = entry.durable;
        return [stream, name, n, JSON.stringify(entry)];
      }),
    );
  }

  async #messages(session: Session, messages: readonly NewMessage[], now: number): Promise<Set<number>> {
    const word = (text: string): Promise<number> => this.words.numberOf(session, text);
    const flows = new Map<string, Value[]>();
    const rows: Value[][] = [];
    const keys: Value[][] = [];
    for (const message of messages) {
      const { pos, id, flow, cause, parent, at, saidAt, size, of, target, due, attempt, letter } = message;
      const n = await this.#flowOf(session, flow);
      const type = await word(message.type);
      const started = Math.min(at, (flows.get(flow)?.[3] as number | undefined) ?? at);
      if (started === at) flows.set(flow, [flow, n, type, at, now, 1]);
      const subject = await word(message.subject);
      rows.push([
        pos,
        id,
        n,
        type,
        await word(message.source),
        subject,
        await this.#nextOn(session, subject),
        cause ?? null,
        parent ?? null,
        at,
        saidAt ?? null,
        size,
        of ?? null,
        target === undefined ? null : await word(target),
        due ?? null,
        attempt ?? null,
        letter ?? null,
      ]);
      for (const { name, value } of message.keys) keys.push([value, await word(name), n]);
    }
    await session.insert(FLOW_ROWS, [...flows.values()]);
    await session.insert(MESSAGE_ROWS, rows);
    await session.insert(KEY_ROWS, keys);
    return new Set([...flows.values()].map(([, n]) => n as number));
  }

  async #flowOf(session: Session, id: string): Promise<number> {
    const kept = this.#flows.get(id);
    if (kept !== undefined) return kept;
    const [row] = await session.all<{ n: number }>('SELECT n FROM flow WHERE id = $1', [id]);
    const n = row?.n ?? ++this.#lastFlow;
    if (this.#flows.size >= KEPT) this.#flows.clear();
    this.#flows.set(id, n);
    return n;
  }

  /** Messages on a subject are numbered in the stream's order: a difference of numbers is the length of a queue. */
  async #nextOn(session: Session, subject: number): Promise<number> {
    let count = this.#counts.get(subject);
    if (count === undefined) {
      const [row] = await session.all<{ nth: number }>(
        'SELECT nth FROM message WHERE subject = $1 ORDER BY pos DESC LIMIT 1',
        [subject],
      );
      count = row?.nth ?? 0;
    }
    if (this.#counts.size >= KEPT) this.#counts.clear();
    this.#counts.set(subject, ++count);
    return count;
  }

  /** What notices add to what is known of the deliveries that they tell of. */
  async #told(session: Session, notices: readonly RetryNotice[], now: number): Promise<Value[][]> {
    const rows: Value[][] = [];
    const until = now + KEPT_NOTICES_MS;
    const entries = [...this.#untold, ...notices.map((notice) => ({ notice, until }))];
    this.#untold = [];
    for (const entry of entries) {
      const row = await this.#toldOf(session, entry.notice);
      if (row !== undefined) rows.push(row);
      else if (entry.until > now) this.#untold.push(entry);
    }
    this.#untold.splice(0, this.#untold.length - KEPT_NOTICES);
    return rows;
  }

  async #toldOf(session: Session, notice: RetryNotice): Promise<Value[] | undefined> {
    const { id, source, step, at, attempt, nextAt, error } = notice;
    const target = await this.words.find(session, step);
    const from = await this.words.find(session, source);
    const [message] = await session.all<{ pos: number; subject: number }>(
      `SELECT pos, subject FROM message
        WHERE id = $1 AND source = $2 AND due IS NULL AND (origin IS NULL OR target = $3)
        ORDER BY pos DESC LIMIT 1`,
      [id, from ?? null, target ?? null],
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

function evidenceRow({ pos, durable, answer, at, attempt, nextAt, said }: StoredEvidence): Value[] {
  const number = answer === undefined ? null : ANSWERS.indexOf(answer);
  return [pos, durable, number, at, attempt ?? null, nextAt ?? null, said ?? null];
}

async function flowsOf(session: Session, positions: readonly number[]): Promise<number[]> {
  const flows: number[] = [];
  for (const pos of new Set(positions)) {
    const [row] = await session.all<{ flow: number }>('SELECT flow FROM message WHERE pos = $1', [pos]);
    if (row !== undefined) flows.push(row.flow);
  }
  return flows;
}
