import { LedgerStoreError } from '../errors.ts';
import type { Registered } from '../model/expectation.ts';
import type { StoredEvidence } from '../model/record.ts';
import type { Batch, NewMessage } from './batch.ts';
import { clueTo } from './clue.ts';
import { Clues } from './clues.ts';
import type { Database, Session, Value } from './database.ts';
import { Flows, type KnownFlow, noteKey } from './flows.ts';
import { type Named, nameWords } from './named.ts';
import { Notices } from './notices.ts';
import { Numbering } from './numbering.ts';
import { inOrder } from './order.ts';
import {
  ANSWERS,
  CHILD_ROWS,
  DURABLE_ROWS,
  EVIDENCE_ROWS,
  KEY_ROWS,
  LETTER_ROWS,
  MESSAGE_ROWS,
  NOTE_ROWS,
} from './schema.ts';
import { advance } from './shares.ts';
import type { Words } from './words.ts';

/** Flows that one message between processes names: it stays below its 8,000 bytes. */
const TOLD_AT_ONCE = 400;

/** What was written. */
export interface Written {
  /** Flows that something was written of. */
  readonly flows: readonly number[];
  /** Number of the last census that was begun before: a younger one knows of all that these flows may lead to. */
  readonly census: number;
}

/** Writes what a projector read. What it keeps in memory holds as long as the projector has its shares. */
export class Writing {
  readonly #numbering: Numbering;
  readonly #flows: Flows;
  readonly #notices: Notices;
  readonly #clues: Clues;
  #heard: (written: Written) => void = () => {};

  constructor(
    private readonly database: Database,
    private readonly words: Words,
    shares: number,
  ) {
    this.#numbering = new Numbering(database, shares);
    this.#flows = new Flows(database, this.#numbering);
    this.#notices = new Notices(words);
    this.#clues = new Clues(database);
  }

  /** Forgets what is in memory: others may have written meanwhile. */
  forget(): void {
    this.#numbering.forget();
    this.#flows.forget();
    this.#clues.forget();
    this.words.forget();
  }

  /** Flows were dropped: what is kept of them is no more. */
  forgetFlows(): void {
    this.#flows.forget();
  }

  listen(heard: (written: Written) => void): void {
    this.#heard = heard;
    this.database.exchange?.listen((text) => {
      const written = writtenIn(text);
      if (written !== undefined) heard(written);
    });
  }

  /** Which consumers there are. */
  know(durables: readonly Registered[]): void {
    this.#notices.know(durables);
  }

  /** @returns undefined when a share is no longer the projector's: then nothing is written */
  async write(batch: Batch, projector: number, now: number): Promise<Written | undefined> {
    this.#flows.begin();
    try {
      await this.#numbering.reserveFlows(batch.messages.length);
      const written = await this.database.transaction((session) =>
        this.#write(session, batch, projector, now),
      );
      if (this.database.exchange === undefined) this.#heard(written);
      return written;
    } catch (error) {
      this.forget();
      if (error instanceof ShareLost) return undefined;
      throw error;
    }
  }

  /** Rows that others change too are changed in one order by all: shares, words, flows, clues, evidence. */
  async #write(session: Session, batch: Batch, projector: number, now: number): Promise<Written> {
    const { messages, letters, notices, evidence, shares, durables, asOf } = batch;
    if (!(await advance(session, projector, shares))) throw new ShareLost();
    const [row] = await session.all<{ last: number }>(`SELECT last FROM counter WHERE name = 'census'`);
    const census = row?.last ?? 0;
    const named = await nameWords(session, this.words, batch);
    if (durables.length > 0) await this.#register(session, durables);
    const touched = await this.#messages(session, messages, named, census);
    const letterRows: Value[][] = [];
    for (const { pos, failure, of, id, step, reason, error, at } of letters) {
      const word = await this.words.numberOf(session, step);
      letterRows.push([pos, failure, of, id ?? null, word, reason, error ?? null, at]);
    }
    await session.insert(LETTER_ROWS, letterRows);
    for (const flow of await this.#reopen(session, letters)) touched.add(flow);
    const told = await this.#notices.rowsOf(session, notices, now);
    await session.insert(EVIDENCE_ROWS, inOrder([...evidence.map(evidenceRow), ...told]));
    if (asOf !== undefined) await session.insert(NOTE_ROWS, [['as-of', JSON.stringify(asOf)]]);
    const answered = evidence.map(({ pos }) => pos);
    for (const flow of await this.#flows.at(session, answered)) touched.add(flow);
    const written = { flows: [...touched], census };
    await this.#tell(session, written);
    return written;
  }

  /** A consumer that nothing is expected of may give up a message of a flow that is completed. */
  async #reopen(session: Session, letters: Batch['letters']): Promise<number[]> {
    const about = letters.map(({ of }) => of);
    const flows = (await this.#flows.at(session, about)).sort((a, b) => a - b);
    for (const flow of flows)
      await session.run('UPDATE flow SET unsettled = 1, version = version + 1 WHERE n = $1', [flow]);
    return flows;
  }

  async #tell(session: Session, { flows, census }: Written): Promise<void> {
    for (let at = 0; at < flows.length; at += TOLD_AT_ONCE) {
      const told: Written = { flows: flows.slice(at, at + TOLD_AT_ONCE), census };
      await this.database.exchange?.tell(session, JSON.stringify(told));
    }
  }

  async #register(session: Session, durables: readonly Registered[]): Promise<void> {
    this.#notices.register(durables);
    await session.insert(
      DURABLE_ROWS,
      durables.map((entry) => {
        const { stream, name, n } = entry.durable;
        return [stream, name, n, JSON.stringify(entry)];
      }),
    );
  }

  async #messages(
    session: Session,
    messages: readonly NewMessage[],
    named: readonly Named[],
    census: number,
  ): Promise<Set<number>> {
    const numbering = this.#numbering;
    const flows = await this.#flows.touch(session, messages, named, census);
    const rows: Value[][] = [];
    const keys: Value[][] = [];
    const children: Value[][] = [];
    const clues: number[][] = [];
    for (const [i, message] of messages.entries()) {
      const { pos, id, cause, parent, at, saidAt, size, trace, of, due, attempt, letter, share } = message;
      const flow = flows[i] as KnownFlow;
      const { n } = flow;
      const words = named[i] as Named;
      const { subject } = words;
      rows.push([
        pos,
        id,
        n,
        words.type,
        words.source,
        subject,
        share,
        numbering.knownNextOn(subject, share) ?? (await numbering.nextOn(session, subject, share)),
        cause ?? null,
        parent ?? null,
        at,
        saidAt ?? null,
        size,
        trace ?? null,
        of ?? null,
        words.target,
        due ?? null,
        attempt ?? null,
        letter ?? null,
      ]);
      clues.push(clueTo(n, id));
      if (parent !== undefined && flow.parent === undefined && parent !== message.flow) {
        flow.parent = parent;
        children.push([n, parent]);
      }
      for (const [k, { value }] of message.keys.entries()) {
        const word = words.keys[k] as number;
        if (!noteKey(flow, word, value)) continue;
        keys.push([n, word, value]);
        if (value !== id) clues.push(clueTo(n, value));
      }
    }
    await session.insert(MESSAGE_ROWS, rows);
    await session.insert(KEY_ROWS, keys);
    await session.insert(CHILD_ROWS, children);
    await this.#clues.add(session, clues);
    return new Set(flows.map(({ n }) => n));
  }
}

/** Whoever has the database may say anything there. */
function writtenIn(text: string): Written | undefined {
  try {
    const { flows, census } = JSON.parse(text) as Written;
    return flows.every(Number.isSafeInteger) && Number.isSafeInteger(census) ? { flows, census } : undefined;
  } catch {
    return undefined;
  }
}

/** A projector that does not have a share any more writes nothing. */
class ShareLost extends LedgerStoreError {
  constructor() {
    super('A share is no longer this projector’s.');
  }
}

function evidenceRow({ pos, durable, answer, at, attempt, nextAt, said }: StoredEvidence): Value[] {
  const number = answer === undefined ? null : ANSWERS.indexOf(answer);
  return [pos, durable, number, at, attempt ?? null, nextAt ?? null, said ?? null];
}
