import type { Durable, Evidence } from '../model/course.ts';
import type { Registered } from '../model/expectation.ts';
import { positionOf, type StoredMessage } from '../model/record.ts';
import type { Batch, NewMessage } from '../store/batch.ts';
import type { Database } from '../store/database.ts';
import { Store } from '../store/store.ts';

/** An empty store, with short ways to write to it. */
export class Stage {
  #upto = 0;

  private constructor(
    readonly store: Store,
    private readonly database: Database,
    /** The projector that has all shares. */
    readonly projector: number,
  ) {}

  static async on(database: Database): Promise<Stage> {
    const store = new Store(database);
    await store.open();
    await store.clear();
    await store.knowStream(EVENTS);
    const stage = new Stage(store, database, await store.shares.join('conformance'));
    await stage.take();
    return stage;
  }

  /** Another projector of the same database, which takes all shares; with a memory of its own. */
  async another(): Promise<Stage> {
    const store = new Store(this.database);
    const other = new Stage(store, this.database, await store.shares.join('another'));
    await other.take();
    return other;
  }

  /** Takes all shares from whoever has them. */
  async take(): Promise<void> {
    this.store.forget();
    const { shares } = await this.store.shares.division();
    for (const { n, holder } of shares) await this.store.shares.take(n, this.projector, holder);
  }

  /** @returns the flows that it touched; undefined when it was refused */
  async write(batch: Partial<Batch>): Promise<readonly number[] | undefined> {
    const upto = { 1: this.#upto };
    const shares = Array.from({ length: this.store.shares.count }, (_, share) => ({ share, upto }));
    const written = await this.store.write({ ...NOTHING, shares, ...batch }, this.projector, 1_000);
    return written?.flows;
  }

  /** Writes messages, and that EVENTS is read up to the last. */
  put(...messages: Sample[]): Promise<readonly number[] | undefined> {
    this.#upto = Math.max(...messages.map(({ seq }) => seq));
    return this.write({ messages });
  }

  /** The number of the one flow that a key leads to. */
  async numberOf(key: string): Promise<number> {
    const [found] = await this.store.find(key, 1);
    if (found === undefined) throw new Error(`${key} leads to no flow`);
    return found.n;
  }
}

/** The stream of all messages here. */
export const EVENTS = { n: 1, name: 'EVENTS', created: 'then' };

export const NOTHING: Batch = {
  messages: [],
  letters: [],
  notices: [],
  evidence: [],
  durables: [],
  shares: [],
  asOf: undefined,
};

/** A message as it is given, and as it is kept. */
export type Sample = NewMessage & StoredMessage;

/** An order.placed at a sequence of EVENTS, changed as told. */
export function message(seq: number, fields: Partial<Sample> = {}): Sample {
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
    trace: undefined,
    app: 'storefront',
    emittedBy: undefined,
    subject: 'evt.order.placed.v1',
    of: undefined,
    target: undefined,
    due: undefined,
    attempt: undefined,
    letter: undefined,
    keys: [],
    share: 0,
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
