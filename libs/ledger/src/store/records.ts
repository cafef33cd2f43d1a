import { EVENTS, type FlowRecord, positionOf, type StoredMessage } from '../model/record.ts';
import type { Database } from './database.ts';
import { type EvidenceRow, evidenceOf, type LetterRow, type MessageRow, Rows } from './rows.ts';
import type { Words } from './words.ts';

/** Messages of one flow that are looked at. */
const LONGEST_FLOW = 5_000;
/** Flows that are read together, and rows of each kind that they may have. */
export const FLOWS_AT_ONCE = 50;
const ROWS_AT_ONCE = 5_000;

/** Up to the message that is one too many, if there is one. */
const UP_TO = `message.pos <= COALESCE((SELECT pos FROM message WHERE flow = $2 ORDER BY pos LIMIT 1 OFFSET $3), ${Number.MAX_SAFE_INTEGER})`;

/** A list that is filled up with its first place is the same statement, however many there are. */
const PLACES = Array.from({ length: FLOWS_AT_ONCE }, (_, i) => `$${i + 1}`).join(', ');
const BEGUN = `(SELECT content FROM note WHERE name = 'begun') AS begun`;
const STAMP = `SELECT n, id, version, census, ${BEGUN} FROM flow WHERE n = $1`;
const STAMPS = `SELECT n, id, version, census, ${BEGUN} FROM flow WHERE n IN (${PLACES})`;

/** Everything that is stored of flows. */
export class Records {
  readonly #rows: Rows;

  constructor(
    private readonly database: Database,
    words: Words,
  ) {
    this.#rows = new Rows(database, words);
  }

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

  /**
   * Up to 50 flows by their numbers, at the cost of a few. Those that something was written of meanwhile are left out,
   * and all of them when they are long.
   */
  async flows(numbers: readonly number[]): Promise<ReadonlyMap<number, FlowRecord>> {
    const places = Array.from({ length: FLOWS_AT_ONCE }, (_, i) => numbers[i] ?? numbers[0] ?? 0);
    const stamps = await this.database.all<Stamp>(STAMPS, places);
    const before = new Map(stamps.map((stamp) => [stamp.n, stamp]));
    const rows = await this.#rowsOf(places);
    if (rows === undefined) return new Map();
    const after = await this.database.all<Stamp>(STAMPS, places);
    const messages = await this.#rows.messages(rows.messages, (flow) => before.get(flow)?.id);
    const letters = await this.#rows.letters(rows.letters);
    const messagesBy = Map.groupBy(messages, (_, i) => flowIn(rows.messages, i));
    const lettersBy = Map.groupBy(letters, (_, i) => flowIn(rows.letters, i));
    const evidenceBy = Map.groupBy(rows.evidence, ({ flow }) => flow);
    const records = new Map<number, FlowRecord>();
    for (const { n, id, version, census, begun } of after) {
      if (before.get(n)?.version !== version) continue;
      records.set(n, {
        id,
        version,
        census,
        begun: Number(begun),
        messages: messagesBy.get(n) ?? [],
        letters: lettersBy.get(n) ?? [],
        evidence: (evidenceBy.get(n) ?? []).map(evidenceOf),
        truncated: false,
      });
    }
    return records;
  }

  /** The messages of a flow that EVENTS stored last, oldest first. */
  async last(n: number, id: string, limit: number): Promise<StoredMessage[]> {
    const rows = await this.database.all<MessageRow>(
      'SELECT * FROM message WHERE flow = $1 AND pos < $2 ORDER BY pos DESC LIMIT $3',
      [n, positionOf(EVENTS + 1, 0), limit],
    );
    return this.#rows.messages(rows.reverse(), () => id);
  }

  async #stamp(n: number): Promise<Stamp | undefined> {
    return (await this.database.all<Stamp>(STAMP, [n]))[0];
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
    const messages = await this.database.all<MessageRow>(
      'SELECT * FROM message WHERE flow = $1 ORDER BY pos LIMIT $2',
      [n, limit + 1],
    );
    return {
      id,
      messages: await this.#rows.messages(messages.slice(0, limit), () => id),
      letters: await this.#rows.letters(letters),
      evidence: evidence.map(evidenceOf),
      truncated: messages.length > limit,
    };
  }

  /** In the same order, for the same reason. */
  async #rowsOf(places: readonly number[]) {
    const limit = `LIMIT ${ROWS_AT_ONCE + 1}`;
    const evidence = await this.database.all<EvidenceRow & OfFlow>(
      `SELECT message.flow AS flow, evidence.* FROM message JOIN evidence ON evidence.pos = message.pos
        WHERE message.flow IN (${PLACES}) ${limit}`,
      places,
    );
    const letters = await this.database.all<LetterRow & OfFlow>(
      `SELECT message.flow AS flow, letter.* FROM letter JOIN message ON message.pos = letter.origin
        WHERE message.flow IN (${PLACES}) ORDER BY letter.pos ${limit}`,
      places,
    );
    const messages = await this.database.all<MessageRow>(
      `SELECT * FROM message WHERE flow IN (${PLACES}) ORDER BY pos ${limit}`,
      places,
    );
    const isLong = [evidence, letters, messages].some(({ length }) => length > ROWS_AT_ONCE);
    return isLong ? undefined : { evidence, letters, messages };
  }
}

function flowIn(rows: readonly OfFlow[], at: number): number {
  return rows[at]?.flow ?? 0;
}

interface OfFlow {
  readonly flow: number;
}

/** What a flow is as of; `begun` as text. */
interface Stamp {
  readonly n: number;
  readonly id: string;
  readonly version: number;
  readonly census: number;
  readonly begun: string;
}
