import type { Durable } from '../model/course.ts';
import type { Registered } from '../model/expectation.ts';
import type { StoredEvidence } from '../model/record.ts';
import type { Batch, NewMessage, RetryNotice } from './batch.ts';
import { CANDIDATES, clueOf, partOf } from './clue.ts';
import type { Database, Session, Value } from './database.ts';
import { Recent } from './recent.ts';
import {
  ANSWERS,
  CLUE_ROWS,
  DURABLE_ROWS,
  EVIDENCE_ROWS,
  FLOW_ROWS,
  KEY_ROWS,
  LETTER_ROWS,
  MESSAGE_ROWS,
  STREAM_ROWS,
  TOUCHED_ROWS,
} from './schema.ts';
import type { Words } from './words.ts';

/** Notices that came before what they are about is known: so many, and so long. They only add to what is known. */
const KEPT_NOTICES = 1_000;
const KEPT_NOTICES_MS = 10_000;

/** Kept in memory: most messages are of a flow that was heard of a moment ago, and most answers to such a message. */
const KEPT_FLOWS = 50_000;
const KEPT_PLACES = 50_000;
const KEPT_SUBJECTS = 10_000;

/** A flow that was heard of. */
interface KnownFlow {
  readonly n: number;
  /** When its oldest message was stored, ms since the epoch. */
  started: number;
  /** Business keys of its last message that had others than the one before: most messages of a flow have the same. */
  keys?: string;
}

/** Writes what the projection read. Its counters are its own: a ledger has one writer. */
export class Writing {
  readonly #flows = new Recent<string, KnownFlow>(KEPT_FLOWS);
  /** Flows of messages, by position. */
  readonly #places = new Recent<number, number>(KEPT_PLACES);
  readonly #counts = new Recent<number, number>(KEPT_SUBJECTS);
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
    this.#places.clear();
    this.#counts.clear();
    const [row] = await this.database.all<{ last: number | null }>('SELECT MAX(n) AS last FROM flow');
    this.#lastFlow = row?.last ?? 0;
    const durables = await this.database.all<{ content: string }>('SELECT content FROM durable');
    this.#durables = durables.map(({ content }) => JSON.parse(content) as Registered);
  }

  /** Flows were dropped: what is kept of them is no more. */
  forgetFlows(): void {
    this.#flows.clear();
    this.#places.clear();
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
    for (const pos of concerned) {
      const flow = this.#places.get(pos) ?? (await flowAt(session, pos));
      if (flow !== undefined) touched.add(flow);
    }
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
    // Nothing is waited for that is known already: several turns for each message cost as much as its row.
    const { words } = this;
    const begun = new Map<number, Value[]>();
    const touched = new Map<number, Value[]>();
    const rows: Value[][] = [];
    const keys: Value[][] = [];
    const clues: Value[][] = [];
    for (const message of messages) {
      const { pos, id, flow, cause, parent, at, saidAt, size, of, target, due, attempt, letter } = message;
      const known = this.#flows.get(flow) ?? (await this.#flowOf(session, flow));
      const { n } = known;
      this.#places.set(pos, n);
      const type = words.known(message.type) ?? (await words.numberOf(session, message.type));
      const isFirst = at < known.started;
      if (isFirst) known.started = at;
      if (isFirst) begun.set(n, [flow, n, type, at, now, 1]);
      else if (!begun.has(n)) touched.set(n, [n, flow, type, at, now, 1]);
      const subject = words.known(message.subject) ?? (await words.numberOf(session, message.subject));
      rows.push([
        pos,
        id,
        n,
        type,
        words.known(message.source) ?? (await words.numberOf(session, message.source)),
        subject,
        this.#next(subject) ?? (await this.#nextOn(session, subject)),
        cause ?? null,
        parent ?? null,
        at,
        saidAt ?? null,
        size,
        of ?? null,
        target === undefined ? null : await words.numberOf(session, target),
        due ?? null,
        attempt ?? null,
        letter ?? null,
      ]);
      clues.push([partOf(n), clueOf(id), n]);
      const said = message.keys.map((key) => `${key.name} ${key.value}`).join('\n');
      if (said === known.keys) continue;
      known.keys = said;
      for (const { name, value } of message.keys) {
        keys.push([n, words.known(name) ?? (await words.numberOf(session, name)), value]);
        if (value !== id) clues.push([partOf(n), clueOf(value), n]);
      }
    }
    await session.insert(FLOW_ROWS, [...begun.values()]);
    await session.insert(TOUCHED_ROWS, [...touched.values()]);
    await session.insert(MESSAGE_ROWS, rows);
    await session.insert(KEY_ROWS, keys);
    await session.insert(CLUE_ROWS, clues);
    return new Set([...begun.keys(), ...touched.keys()]);
  }

  async #flowOf(session: Session, id: string): Promise<KnownFlow> {
    const [row] = await session.all<KnownFlow>('SELECT n, started FROM flow WHERE id = $1', [id]);
    const flow = row ?? { n: ++this.#lastFlow, started: Number.POSITIVE_INFINITY };
    this.#flows.set(standing(id), flow);
    return flow;
  }

  /** Messages on a subject are numbered in the stream's order: a difference of numbers is the length of a queue. */
  #next(subject: number): number | undefined {
    const count = this.#counts.get(subject);
    if (count === undefined) return undefined;
    this.#counts.set(subject, count + 1);
    return count + 1;
  }

  async #nextOn(session: Session, subject: number): Promise<number> {
    const [row] = await session.all<{ nth: number }>(
      'SELECT nth FROM message WHERE subject = $1 ORDER BY pos DESC LIMIT 1',
      [subject],
    );
    const next = (row?.nth ?? 0) + 1;
    this.#counts.set(subject, next);
    return next;
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
      `${CANDIDATES} SELECT pos, subject FROM candidate JOIN message ON message.flow = candidate.flow
        WHERE id = $2 AND source = $3 AND due IS NULL AND (origin IS NULL OR target = $4)
        ORDER BY pos DESC LIMIT 1`,
      [clueOf(id), id, from ?? null, target ?? null],
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

/** A text of its own: a part of a header block would keep the whole block in memory. */
function standing(text: string): string {
  return Buffer.from(text).toString();
}

function evidenceRow({ pos, durable, answer, at, attempt, nextAt, said }: StoredEvidence): Value[] {
  const number = answer === undefined ? null : ANSWERS.indexOf(answer);
  return [pos, durable, number, at, attempt ?? null, nextAt ?? null, said ?? null];
}

async function flowAt(session: Session, pos: number): Promise<number | undefined> {
  const [row] = await session.all<{ flow: number }>('SELECT flow FROM message WHERE pos = $1', [pos]);
  return row?.flow;
}
