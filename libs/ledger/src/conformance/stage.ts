import type { Durable, Evidence } from '../model/course.ts';
import type { Registered } from '../model/expectation.ts';
import { positionOf } from '../model/record.ts';
import type { Batch, NewMessage } from '../store/batch.ts';
import type { Database } from '../store/database.ts';
import { Store } from '../store/store.ts';

/** An empty store, with short ways to write to it. */
export class Stage {
  #now = 1_000;

  private constructor(readonly store: Store) {}

  static async on(database: Database): Promise<Stage> {
    const store = new Store(database);
    await store.open();
    await store.clear();
    return new Stage(store);
  }

  write(batch: Partial<Batch>): Promise<number[]> {
    return this.store.write({ ...NOTHING, ...batch }, this.#now++);
  }

  /** Writes messages, and that EVENTS is read up to the last. */
  put(...messages: NewMessage[]): Promise<number[]> {
    const upto = Math.max(...messages.map(({ seq }) => seq));
    return this.write({ messages, streams: [{ n: 1, name: 'EVENTS', created: 'then', upto }] });
  }

  /** The number of the one flow that a key leads to. */
  async numberOf(key: string): Promise<number> {
    const [found] = await this.store.find(key, 1);
    if (found === undefined) throw new Error(`${key} leads to no flow`);
    return found.n;
  }
}

const NOTHING: Batch = { messages: [], letters: [], notices: [], evidence: [], streams: [], durables: [] };

/** An order.placed at a sequence of EVENTS, changed as told. */
export function message(seq: number, fields: Partial<NewMessage> = {}): NewMessage {
  return {
    pos: positionOf(1, seq),
    id: `m-${seq}`,
    source: '/storefront',
    type: 'order.placed.v1',
    flow: `f-${seq}`,
    cause: undefined,
    parent: undefined,
    stream: 'EVENTS',
    seq,
    at: 10_000 + seq,
    saidAt: undefined,
    size: 17,
    app: 'storefront',
    emittedBy: undefined,
    subject: 'evt.order.placed.v1',
    of: undefined,
    target: undefined,
    due: undefined,
    attempt: undefined,
    letter: undefined,
    keys: [],
    ...fields,
  };
}

/** An answer to a delivery of EVENTS, by the first consumer. */
export function answer(seq: number, fields: Partial<Evidence> = {}) {
  const plain = { at: 500, attempt: undefined, nextAt: undefined, said: undefined };
  return { pos: positionOf(1, seq), durable: 1, answer: 'ack', ...plain, ...fields } as const;
}

/** The consumer of order.placed. */
export function registered(fields: Partial<Durable> = {}): Registered {
  const durable: Durable = {
    n: 1,
    stream: 'EVENTS',
    name: 'payments__authorize__order_placed_v1',
    step: 'payments__authorize',
    app: 'payments',
    subject: 'evt.order.placed.v1',
    created: 'then',
    first: 0,
    since: 0,
    delivered: 0,
    floor: 0,
    pending: 0,
    unanswered: 0,
    doubt: 0,
    doubtedAt: 0,
    floorProves: true,
    gone: false,
    ...fields,
  };
  return { durable, emits: ['payment.authorized.v1'], within: '30s' };
}
