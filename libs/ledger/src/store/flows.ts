import type { NewMessage } from './batch.ts';
import type { Database, Session, Value } from './database.ts';
import type { Numbering } from './numbering.ts';
import { inOrder } from './order.ts';
import { Recent } from './recent.ts';
import { FLOW_ROWS, TOUCHED_ROWS } from './schema.ts';
import type { Words } from './words.ts';

/** Kept in memory: most messages are of a flow that was heard of a moment ago, and most answers to such a message. */
const KEPT_FLOWS = 50_000;
const KEPT_PLACES = 50_000;

/** A flow that was heard of. */
export interface KnownFlow {
  n: number;
  /** When its oldest message was stored, ms since the epoch. */
  started: number;
  /** Business keys of its last message that had others than the one before: most messages of a flow have the same. */
  keys?: string;
  /** The flow that handed off to it, once that is written. */
  parent?: string;
}

/** The flows that messages belong to, by their ids and by the places of messages. */
export class Flows {
  readonly #known = new Recent<string, KnownFlow>(KEPT_FLOWS);
  readonly #places = new Recent<number, number>(KEPT_PLACES);

  constructor(
    private readonly database: Database,
    private readonly words: Words,
    private readonly numbering: Numbering,
  ) {}

  forget(): void {
    this.#known.clear();
    this.#places.clear();
  }

  /** Of a database that others have too nothing is known: they may have dropped a flow, and made it anew. */
  begin(): void {
    if (this.database.exchange !== undefined) this.forget();
  }

  /**
   * Writes that something is indexed of the flows of messages. A flow that is new gets the next number, unless another
   * projector wrote it first.
   */
  async touch(
    session: Session,
    messages: readonly NewMessage[],
    census: number,
  ): Promise<ReadonlyMap<string, KnownFlow>> {
    const flows = new Map<string, KnownFlow>();
    const begun = new Map<string, Value[]>();
    const touched = new Map<string, Value[]>();
    for (const { flow: id, type, at } of messages) {
      const flow = flows.get(id) ?? this.#flowOf(id);
      flows.set(id, flow);
      const isFirst = at < flow.started;
      if (!isFirst && (begun.has(id) || touched.has(id))) continue;
      const word = this.words.known(type) ?? (await this.words.numberOf(session, type));
      if (isFirst) {
        flow.started = at;
        touched.delete(id);
        begun.set(id, [id, flow.n, word, at, 1, census, 1]);
      } else touched.set(id, [flow.n, id, word, at, 1, census, 1]);
    }
    const written = await session.insert<Row>(FLOW_ROWS, inOrder([...begun.values()]));
    for (const { id, n, started } of written) {
      const flow = flows.get(id);
      if (flow === undefined) continue;
      if (flow.n !== n) this.numbering.giveBack(flow.n);
      flow.n = n;
      flow.started = started;
    }
    await session.insert(TOUCHED_ROWS, [...touched.values()]);
    for (const { flow: id, pos } of messages) {
      const flow = flows.get(id);
      if (flow !== undefined) this.#places.set(pos, flow.n);
    }
    return flows;
  }

  /** The flows of messages, by the positions of those. */
  async at(session: Session, positions: readonly number[]): Promise<number[]> {
    const flows = new Set<number>();
    const asked = new Set<number>();
    for (const pos of positions) {
      const flow = this.#places.get(pos);
      if (flow === undefined) asked.add(pos);
      else flows.add(flow);
    }
    const distinct = [...asked];
    for (let at = 0; at < distinct.length; at += ASKED_AT_ONCE) {
      const chunk = distinct.slice(at, at + ASKED_AT_ONCE);
      const places = Array.from({ length: ASKED_AT_ONCE }, (_, i) => chunk[i] ?? chunk[0] ?? 0);
      for (const { flow } of await session.all<{ flow: number }>(FLOWS_AT, places)) flows.add(flow);
    }
    return [...flows];
  }

  #flowOf(id: string): KnownFlow {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const flow = { n: this.numbering.nextFlow(), started: Number.POSITIVE_INFINITY };
    this.#known.set(standing(id), flow);
    return flow;
  }
}

interface Row {
  readonly id: string;
  readonly n: number;
  readonly started: number;
}

/** A text of its own: a part of a header block would keep the whole block in memory. */
function standing(text: string): string {
  return Buffer.from(text).toString();
}

/** A list that is filled up with its first place is the same statement, however many there are. */
const ASKED_AT_ONCE = 100;
const FLOWS_AT = `SELECT DISTINCT flow FROM message WHERE pos IN (${Array.from({ length: ASKED_AT_ONCE }, (_, i) => `$${i + 1}`).join(', ')})`;
