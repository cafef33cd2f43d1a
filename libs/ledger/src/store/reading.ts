import { senderOf } from '../model/message.ts';
import {
  EVENTS,
  type FlowRecord,
  NOTICES,
  positionOf,
  type StoredEvidence,
  type StoredLetter,
  type StoredMessage,
  seqOf,
  streamOf,
} from '../model/record.ts';
import { keptText } from '../model/text.ts';
import type { Database, Value } from './database.ts';
import { ANSWERS } from './schema.ts';
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

/** Messages of one flow that are looked at. */
const LONGEST_FLOW = 5_000;

/** Up to the message that is one too many, if there is one. */
const UP_TO = `message.pos <= COALESCE((SELECT pos FROM message WHERE flow = $2 ORDER BY pos LIMIT 1 OFFSET $3), ${Number.MAX_SAFE_INTEGER})`;

/** Reads the index. */
export class Reading {
  #streams: ReadonlyMap<number, string> = new Map();

  constructor(
    private readonly database: Database,
    private readonly words: Words,
  ) {}

  /** Read as often as it takes for nothing to be written in between; three times at most, then it is as of never. */
  async flow(n: number, limit = LONGEST_FLOW): Promise<FlowRecord | undefined> {
    let before = await this.#stamp(n);
    for (let tries = 3; before !== undefined; tries--) {
      const { id, version, census } = before;
      const begun = Number(before.begun);
      const record = await this.#record(n, id, limit);
      const after = await this.#stamp(n);
      if (after?.version === version) return { ...record, version, census, begun };
      if (tries === 1) return { ...record, version, census: Number.POSITIVE_INFINITY, begun };
      before = after;
    }
    return undefined;
  }

  async #stamp(n: number): Promise<Stamp | undefined> {
    const [flow] = await this.database.all<Stamp>(
      `SELECT id, version, census, (SELECT content FROM note WHERE name = 'begun') AS begun FROM flow WHERE n = $1`,
      [n],
    );
    return flow;
  }

  /** The ledger's numbers of the flows that one handed off to, youngest first. */
  async handedOff(parent: string, limit: number): Promise<number[]> {
    const rows = await this.database.all<{ flow: number }>(
      'SELECT flow FROM child WHERE parent = $1 ORDER BY flow DESC LIMIT $2',
      [parent, limit],
    );
    return rows.map(({ flow }) => flow);
  }

  /** The messages of a flow that EVENTS stored last, oldest first. */
  async last(n: number, id: string, limit: number): Promise<StoredMessage[]> {
    const rows = await this.database.all<MessageRow>(
      'SELECT * FROM message WHERE flow = $1 AND pos < $2 ORDER BY pos DESC LIMIT $3',
      [n, positionOf(EVENTS + 1, 0), limit],
    );
    const streams = await this.#streamsOf(rows);
    return Promise.all(rows.reverse().map((row) => this.#message(row, id, streams)));
  }

  /**
   * Answers are read before letters, and letters before messages: so whatever was stored before an answer is there.
   * Of a flow with more messages than are asked for, the answers and letters of the others are not read either.
   */
  async #record(
    n: number,
    id: string,
    limit: number,
  ): Promise<Omit<FlowRecord, 'version' | 'census' | 'begun'>> {
    const evidence = await this.database.all<EvidenceRow>(
      `SELECT evidence.* FROM message JOIN evidence ON evidence.pos = message.pos WHERE message.flow = $1 AND ${UP_TO}`,
      [n, n, limit],
    );
    const letters = await this.database.all<LetterRow>(
      `SELECT letter.* FROM letter JOIN message ON message.pos = letter.origin
        WHERE message.flow = $1 AND ${UP_TO} ORDER BY letter.pos`,
      [n, n, limit],
    );
    const rows = await this.database.all<MessageRow>(
      'SELECT * FROM message WHERE flow = $1 ORDER BY pos LIMIT $2',
      [n, limit + 1],
    );
    const streams = await this.#streamsOf(rows);
    const word = (number: number): Promise<string> => this.words.wordOf(this.database, number);
    const shown = rows.slice(0, limit);
    return {
      id,
      messages: await Promise.all(shown.map((row) => this.#message(row, id, streams))),
      letters: await Promise.all(letters.map(async (row) => letterOf(row, await word(row.step)))),
      evidence: evidence.map(evidenceOf),
      truncated: rows.length > limit,
    };
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

  /** Streams are few and keep their names: they are read again when there is one that is not known. */
  async #streamsOf(rows: readonly MessageRow[]): Promise<ReadonlyMap<number, string>> {
    if (rows.every(({ pos }) => this.#streams.has(streamOf(pos)))) return this.#streams;
    const streams = await this.database.all<{ n: number; name: string }>('SELECT n, name FROM stream');
    this.#streams = new Map(streams.map(({ n, name }) => [n, name]));
    return this.#streams;
  }

  async #message(
    row: MessageRow,
    flow: string,
    streams: ReadonlyMap<number, string>,
  ): Promise<StoredMessage> {
    const word = (n: number): Promise<string> => this.words.wordOf(this.database, n);
    const source = await word(row.source);
    return {
      pos: row.pos,
      id: row.id,
      source,
      type: await word(row.type),
      flow,
      cause: row.cause ?? undefined,
      parent: row.parent ?? undefined,
      stream: streams.get(streamOf(row.pos)) ?? '',
      seq: seqOf(row.pos),
      at: row.at,
      saidAt: row.said ?? undefined,
      size: row.size,
      trace: row.trace ?? undefined,
      ...senderOf(source),
      subject: await word(row.subject),
      of: row.origin ?? undefined,
      target: row.target === null ? undefined : await word(row.target),
      due: row.due ?? undefined,
      attempt: row.attempt ?? undefined,
      letter: row.letter ?? undefined,
    };
  }
}

function letterOf({ pos, failure, origin, event, reason, error, at }: LetterRow, step: string): StoredLetter {
  const letter = streamOf(pos) === NOTICES ? undefined : seqOf(pos);
  return { letter, failure, of: origin, id: event ?? undefined, step, reason, error: error ?? undefined, at };
}

function evidenceOf(row: EvidenceRow): StoredEvidence {
  const { pos, durable, answer, at } = row;
  return {
    pos,
    durable,
    answer: answer === null ? undefined : ANSWERS[answer],
    at,
    attempt: row.attempt ?? undefined,
    nextAt: row.next_at ?? undefined,
    said: row.said ?? undefined,
  };
}

/** What a flow is as of; `begun` as text. */
interface Stamp {
  readonly id: string;
  readonly version: number;
  readonly census: number;
  readonly begun: string;
}

interface MessageRow {
  readonly pos: number;
  readonly id: string;
  readonly type: number;
  readonly source: number;
  readonly subject: number;
  readonly cause: string | null;
  readonly parent: string | null;
  readonly at: number;
  readonly said: number | null;
  readonly size: number;
  readonly trace: string | null;
  readonly origin: number | null;
  readonly target: number | null;
  readonly due: number | null;
  readonly attempt: number | null;
  readonly letter: number | null;
}

interface LetterRow {
  readonly pos: number;
  readonly failure: string;
  readonly origin: number;
  readonly event: string | null;
  readonly step: number;
  readonly reason: string;
  readonly error: string | null;
  readonly at: number;
}

interface EvidenceRow {
  readonly pos: number;
  readonly durable: number;
  readonly answer: number | null;
  readonly at: number;
  readonly attempt: number | null;
  readonly next_at: number | null;
  readonly said: string | null;
}
