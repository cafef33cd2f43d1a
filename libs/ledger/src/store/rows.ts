import { senderOf } from '../model/message.ts';
import {
  NOTICES,
  type StoredEvidence,
  type StoredLetter,
  type StoredMessage,
  seqOf,
  streamOf,
} from '../model/record.ts';
import type { Database } from './database.ts';
import { ANSWERS } from './schema.ts';
import type { Words } from './words.ts';

export interface MessageRow {
  readonly pos: number;
  readonly id: string;
  readonly flow: number;
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

export interface LetterRow {
  readonly pos: number;
  readonly failure: string;
  readonly origin: number;
  readonly event: string | null;
  readonly step: number;
  readonly reason: string;
  readonly error: string | null;
  readonly at: number;
}

export interface EvidenceRow {
  readonly pos: number;
  readonly durable: number;
  readonly answer: number | null;
  readonly at: number;
  readonly attempt: number | null;
  readonly next_at: number | null;
  readonly said: string | null;
}

/** What rows say, with words and names of streams for their numbers. Nothing is waited for once these are known. */
export class Rows {
  #streams: ReadonlyMap<number, string> = new Map();

  constructor(
    private readonly database: Database,
    private readonly words: Words,
  ) {}

  /** @param idOf id of a flow, by its number */
  async messages(
    rows: readonly MessageRow[],
    idOf: (flow: number) => string | undefined,
  ): Promise<StoredMessage[]> {
    if (!rows.every(({ pos }) => this.#streams.has(streamOf(pos)))) await this.#readStreams();
    const words = rows.flatMap(({ type, source, subject, target }) => [
      type,
      source,
      subject,
      target ?? type,
    ]);
    const word = await this.words.said(this.database, words);
    return rows.map((row) => {
      const source = word(row.source);
      return {
        pos: row.pos,
        id: row.id,
        source,
        type: word(row.type),
        flow: idOf(row.flow) ?? '',
        cause: row.cause ?? undefined,
        parent: row.parent ?? undefined,
        stream: this.#streams.get(streamOf(row.pos)) ?? '',
        seq: seqOf(row.pos),
        at: row.at,
        saidAt: row.said ?? undefined,
        size: row.size,
        trace: row.trace ?? undefined,
        ...senderOf(source),
        subject: word(row.subject),
        of: row.origin ?? undefined,
        target: row.target === null ? undefined : word(row.target),
        due: row.due ?? undefined,
        attempt: row.attempt ?? undefined,
        letter: row.letter ?? undefined,
      };
    });
  }

  async letters(rows: readonly LetterRow[]): Promise<StoredLetter[]> {
    const steps = rows.map(({ step }) => step);
    const word = await this.words.said(this.database, steps);
    return rows.map(({ pos, failure, origin, event, step, reason, error, at }) => ({
      letter: streamOf(pos) === NOTICES ? undefined : seqOf(pos),
      failure,
      of: origin,
      id: event ?? undefined,
      step: word(step),
      reason,
      error: error ?? undefined,
      at,
    }));
  }

  /** Streams are few and keep their names: they are read again when there is one that is not known. */
  async #readStreams(): Promise<void> {
    const streams = await this.database.all<{ n: number; name: string }>('SELECT n, name FROM stream');
    this.#streams = new Map(streams.map(({ n, name }) => [n, name]));
  }
}

export function evidenceOf(row: EvidenceRow): StoredEvidence {
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
