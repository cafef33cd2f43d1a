import type { NewMessage } from './batch.ts';
import type { Database, Session, Value } from './database.ts';
import type { Named } from './named.ts';
import type { Numbering } from './numbering.ts';
import { inOrder } from './order.ts';
import { Recent } from './recent.ts';
import { FLOW_ROWS } from './schema.ts';

/** Kept in memory: most messages are of a flow that was heard of a moment ago, and most answers to such a message. */
const KEPT_FLOWS = 50_000;
const KEPT_PLACES = 50_000;

/** A flow that was heard of. */
export interface KnownFlow {
  n: number;
  /** When its oldest message was stored, ms since the epoch. */
  started: number;
  /** Business keys that are written of it, most of its messages have the same: for each NUL, `<word> <value>`, NUL. */
  keys: string;
  /** The flow that handed off to it, once that is written. */
  parent?: string;
}

/** The flows that messages belong to, by their ids and by the places of messages. */
export class Flows {
  readonly #known = new Recent<string, KnownFlow>(KEPT_FLOWS);
  readonly #places = new Recent<number, number>(KEPT_PLACES);

  constructor(
    private readonly database: Database,
    private readonly numbering: Numbering,
  ) {}

  forget(): void {
    this.#known.clear();
    this.#places.clear();
  }

  /** Of a database that others have too nothing is known: they may have dropped a flow, and made it anew. */
  begin(): void {
    if (this.#isShared) this.forget();
  }

  /**
   * Writes that something is indexed of the flows of messages. A flow that is new gets the next number, unless another
   * projector wrote it first.
   * @returns the flow of each message
   */
  async touch(
    session: Session,
    messages: readonly NewMessage[],
    named: readonly Named[],
    census: number,
  ): Promise<KnownFlow[]> {
    const known = await this.#recall(session, messages);
    const flows: KnownFlow[] = [];
    const begun = new Map<string, { readonly flow: KnownFlow; readonly row: Value[] }>();
    const touched = new Map<string, KnownFlow>();
    for (const [i, { flow: id, at }] of messages.entries()) {
      const flow = known[i] ?? this.#known.get(id) ?? this.#keep(id, this.numbering.nextFlow());
      flows.push(flow);
      if (at < flow.started) {
        flow.started = at;
        touched.delete(id);
        const { type } = named[i] as Named;
        begun.set(id, { flow, row: [id, flow.n, type, at, 1, census, 1] });
      } else if (!begun.has(id)) touched.set(id, flow);
    }
    const rows = [...begun.values()].map(({ row }) => row);
    await session.insert(FLOW_ROWS, inOrder(rows));
    if (this.#isShared)
      for (const { id, n, started } of await written(session, [...begun.keys()])) {
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

  /**
   * The flow of each message that is known. Those that are not in memory are read: to write them as if they were new
   * takes several times as long. In a database that others have too they are new or not when they are written.
   */
  async #recall(
    session: Session,
    messages: readonly NewMessage[],
  ): Promise<readonly (KnownFlow | undefined)[]> {
    const known = messages.map(({ flow }) => this.#known.get(flow));
    if (this.#isShared) return known;
    const ids = new Set<string>();
    for (const [i, { flow }] of messages.entries()) if (known[i] === undefined) ids.add(flow);
    const recalled = new Map<number, KnownFlow>();
    for (const { id, n, started } of await written(session, [...ids]))
      recalled.set(n, this.#keep(id, n, started));
    for (const numbers of filledUp([...recalled.keys()]))
      for (const { flow, name, value } of await session.all<KeyRow>(KEYS, numbers))
        noteKey(recalled.get(flow) as KnownFlow, name, value);
    return known;
  }

  #keep(id: string, n: number, started = Number.POSITIVE_INFINITY): KnownFlow {
    const flow = { n, started, keys: NUL };
    this.#known.set(standing(id), flow);
    return flow;
  }

  get #isShared(): boolean {
    return this.database.exchange !== undefined;
  }
}

/** Notes that a business key is written. @returns whether that was not known */
export function noteKey(flow: KnownFlow, word: number, value: string): boolean {
  const key = `${word} ${value}${NUL}`;
  if (flow.keys.includes(NUL + key)) return false;
  flow.keys = (flow.keys.length < LONGEST_KEYS ? flow.keys : NUL) + key;
  return true;
}

/** What no text has that a database keeps. */
const NUL = '\0';
/** Characters of its keys that are kept of a flow; one that has more is written some of them again. */
const LONGEST_KEYS = 1_000;

interface KeyRow {
  readonly flow: number;
  readonly name: number;
  readonly value: string;
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

/** What is written of flows, by their ids. */
async function written(session: Session, ids: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const some of filledUp(ids)) rows.push(...(await session.all<Row>(WRITTEN, some)));
  return rows;
}

const placesFrom = (first: number): string =>
  Array.from({ length: NAMED_AT_ONCE }, (_, i) => `$${first + i}`).join(', ');
const FLOWS_AT = `SELECT DISTINCT flow FROM message WHERE pos IN (${placesFrom(1)})`;
const WRITTEN = `SELECT id, n, started FROM flow WHERE id IN (${placesFrom(1)})`;
const KEYS = `SELECT flow, name, value FROM business_key WHERE flow IN (${placesFrom(1)}) LIMIT 1000`;
/** Of flows that are there, and whose oldest messages are known, nothing is compared or ordered anew. */
const TOUCH = `UPDATE flow SET version = version + 1, census = CASE WHEN census < $1 THEN $1 ELSE census END
  WHERE n IN (${placesFrom(2)})`;
/** Apart from that: an index orders flows by it, and is changed even where the value stays. */
const REOPEN = `UPDATE flow SET unsettled = 1 WHERE unsettled = 0 AND n IN (${placesFrom(1)})`;
