import type { NewMessage } from './batch.ts';
import type { Database, Session, Value } from './database.ts';
import type { Numbering } from './numbering.ts';
import { inOrder } from './order.ts';
import { Recent } from './recent.ts';
import { FLOW_ROWS } from './schema.ts';
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
   * @returns the flow of each message
   */
  async touch(session: Session, messages: readonly NewMessage[], census: number): Promise<KnownFlow[]> {
    const flows: KnownFlow[] = [];
    const begun = new Map<string, { readonly flow: KnownFlow; readonly row: Value[] }>();
    const touched = new Map<string, KnownFlow>();
    for (const { flow: id, type, at } of messages) {
      const flow = this.#flowOf(id);
      flows.push(flow);
      if (at < flow.started) {
        flow.started = at;
        touched.delete(id);
        const word = this.words.known(type) ?? (await this.words.numberOf(session, type));
        begun.set(id, { flow, row: [id, flow.n, word, at, 1, census, 1] });
      } else if (!begun.has(id)) touched.set(id, flow);
    }
    const rows = [...begun.values()].map(({ row }) => row);
    await session.insert(FLOW_ROWS, inOrder(rows));
    for (const ids of filledUp([...begun.keys()]))
      for (const { id, n, started } of await session.all<Row>(WRITTEN, ids)) {
        const flow = begun.get(id)?.flow;
        if (flow === undefined) continue;
        if (flow.n !== n) this.numbering.giveBack(flow.n);
        flow.n = n;
        flow.started = started;
      }
    for (const numbers of filledUp([...touched.values()].map(({ n }) => n))) {
      await session.run(TOUCH, [census, ...numbers]);
      await session.run(REOPEN, numbers);
    }
    for (const [i, { pos }] of messages.entries()) this.#places.set(pos, (flows[i] as KnownFlow).n);
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
    for (const places of filledUp([...asked]))
      for (const { flow } of await session.all<{ flow: number }>(FLOWS_AT, places)) flows.add(flow);
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

/** Flows or messages that one statement names. */
const NAMED_AT_ONCE = 100;

/** Lists of one length, the last filled up with its first: the same statement, however many there are. */
function filledUp<V>(values: readonly V[]): V[][] {
  const lists: V[][] = [];
  for (let at = 0; at < values.length; at += NAMED_AT_ONCE)
    lists.push(Array.from({ length: NAMED_AT_ONCE }, (_, i) => values[at + i] ?? (values[at] as V)));
  return lists;
}

const placesFrom = (first: number): string =>
  Array.from({ length: NAMED_AT_ONCE }, (_, i) => `$${first + i}`).join(', ');
const FLOWS_AT = `SELECT DISTINCT flow FROM message WHERE pos IN (${placesFrom(1)})`;
const WRITTEN = `SELECT id, n, started FROM flow WHERE id IN (${placesFrom(1)})`;
/** Of flows that are there, and whose oldest messages are known, nothing is compared or ordered anew. */
const TOUCH = `UPDATE flow SET version = version + 1, census = CASE WHEN census < $1 THEN $1 ELSE census END
  WHERE n IN (${placesFrom(2)})`;
/** Apart from that: an index orders flows by it, and is changed even where the value stays. */
const REOPEN = `UPDATE flow SET unsettled = 1 WHERE unsettled = 0 AND n IN (${placesFrom(1)})`;
