import {
  Connection,
  type ConnectionOptions,
  type Logger,
  Names,
  registeredLogger,
  silentLogger,
} from '@troupe/jetstream';
import { type Choreography, NOTHING_DECLARED } from './model/choreography.ts';
import type { FlowReport } from './model/flow-report.ts';
import { brokerOf } from './projection/broker.ts';
import type { BusinessKeys } from './projection/business-keys.ts';
import { Projector } from './projection/projector.ts';
import { type FlowsPage, type FlowsQuery, flowsOf } from './query/flows.ts';
import { Orchestrations } from './query/orchestrations.ts';
import { Payloads } from './query/payloads.ts';
import { type ReportQuery, Reports } from './query/reports.ts';
import { Settler } from './query/settler.ts';
import { instancesOf, type StepView, stepsOf } from './query/steps.ts';
import { type TailEntry, type TailFilter, Tails } from './query/tail.ts';
import { Where } from './query/where.ts';
import type { Freshness, Whereabouts } from './query/whereabouts.ts';
import type { Database } from './store/database.ts';
import { postgresDatabase } from './store/postgres.ts';
import { sqliteDatabase } from './store/sqlite.ts';
import { Store } from './store/store.ts';

/** What a ledger is about, and where it keeps what it knows. */
export interface LedgerOptions {
  readonly connection?: ConnectionOptions;
  /** Environment. Default: none. */
  readonly prefix?: string;
  /**
   * A file for SQLite, `:memory:`, or a `postgres://` address, which several ledgers of the environment may have
   * together. It is only an index: deleted, it is made anew from the streams. Default `.troupe/ledger.sqlite`, with a prefix `.troupe/ledger-<prefix>.sqlite`.
   */
  readonly store?: string;
  /** The content of `choreography.lock` (`readChoreography`). Default: nothing is declared. */
  readonly choreography?: Choreography;
  /** JSON pointers to business keys, by contract id: `{ 'order.placed.v1': ['/orderId'] }`. Default: none. */
  readonly businessKeys?: BusinessKeys | Readonly<Record<string, readonly string[]>>;
  /** Default: the registered one, else silent. */
  readonly log?: Logger;
}

/**
 * The record of every flow: complete, never sampled, and read from the broker beside the path. It publishes nothing
 * but requests, and holds back no message. Several ledgers on one PostgreSQL store share the work, and each answers.
 */
export class Ledger {
  readonly #connection: Connection;
  readonly #prefix: string;
  readonly #store: Store;
  readonly #projector: Projector;
  readonly #where: Where;
  readonly #reports: Reports;
  readonly #settler: Settler;
  readonly #tails: Tails;
  #closed: Promise<void> | undefined;

  private constructor(parts: {
    connection: Connection;
    prefix: string;
    store: Store;
    projector: Projector;
    where: Where;
    reports: Reports;
    settler: Settler;
    tails: Tails;
  }) {
    this.#connection = parts.connection;
    this.#prefix = parts.prefix;
    this.#store = parts.store;
    this.#projector = parts.projector;
    this.#where = parts.where;
    this.#reports = parts.reports;
    this.#settler = parts.settler;
    this.#tails = parts.tails;
  }

  /**
   * Opens the store, connects and begins to read where it ended last. Waits for the broker as long as it takes.
   * @throws LedgerStoreError when the store cannot be opened
   */
  static async open(options: LedgerOptions = {}): Promise<Ledger> {
    const { prefix = '', choreography = NOTHING_DECLARED } = options;
    const log = options.log ?? registeredLogger() ?? silentLogger;
    const names = new Names(prefix);
    const store = new Store(databaseAt(options.store ?? defaultStore(prefix)), prefix);
    await store.open();
    const connection = new Connection({ name: 'ledger', ...options.connection }, log);
    const broker = await brokerOf(await connection.connected(), names, log, connection.inboxPrefix);
    const tails = new Tails();
    const projector = new Projector(broker, store, {
      choreography,
      businessKeys: businessKeysOf(options.businessKeys),
      isConnected: () => connection.state === 'connected',
    });
    const where = new Where(store, projector, new Orchestrations(broker.manager, names));
    const reports = new Reports(store, where, new Payloads(broker.manager));
    const watched = {
      isMine: (flow: number) => projector.hasShareOf(flow),
      get isFollowed(): boolean {
        return tails.isFollowed;
      },
    };
    const settler = new Settler(store, where, watched, log, (flow) => tails.publish(flow));
    store.listen((written) => settler.touch(written));
    connection.onReconnect(() => projector.missed());
    return new Ledger({ connection, prefix, store, projector, where, reports, settler, tails });
  }

  /** Where is it? By flow id, message id or business key. An unknown key is no error: the answer says what was searched. */
  where(key: string): Promise<Whereabouts> {
    return this.#where.where(key);
  }

  /**
   * Flows by state, type and time, a page at a time.
   * @throws LedgerQueryError when the query asks for what cannot be
   */
  flows(query: FlowsQuery = {}): Promise<FlowsPage> {
    return flowsOf(this.#store, this.#where, query);
  }

  /**
   * How one flow went, added up, as of when it is asked for: the ledger has a second to catch up. Undefined when the
   * flow is not known.
   * @throws LedgerQueryError when the query asks for what cannot be
   */
  report(flowId: string, query: ReportQuery = {}): Promise<FlowReport | undefined> {
    return this.#reports.of(flowId, query);
  }

  /** Every step: its queues, how its work goes, and its instances, which are asked for 300 ms. */
  async steps(): Promise<Freshness & { readonly steps: readonly StepView[] }> {
    const asked = instancesOf(this.#connection.client, this.#prefix);
    const instances = await asked.catch(() => new Map<string, number>());
    return { steps: stepsOf(this.#projector, instances, Date.now()), ...this.#where.freshness() };
  }

  /** Flows as they change, until the signal or the ledger ends it. */
  tail(filter?: TailFilter): AsyncGenerator<TailEntry> {
    return this.#tails.follow(filter);
  }

  /** How far behind answers are, and why. */
  freshness(): Freshness {
    return this.#where.freshness();
  }

  /** Called again, it waits for the same end. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#tails.close();
    await this.#settler.stop();
    await this.#projector.stop();
    await this.#connection.close();
    await this.#store.close();
  }
}

function defaultStore(prefix: string): string {
  return `.troupe/ledger${prefix === '' ? '' : `-${prefix}`}.sqlite`;
}

function databaseAt(address: string): Database {
  return /^postgres(ql)?:\/\//.test(address) ? postgresDatabase(address) : sqliteDatabase(address);
}

function businessKeysOf(keys: LedgerOptions['businessKeys'] = {}): BusinessKeys {
  if (typeof keys === 'function') return keys;
  const table = new Map(Object.entries(keys));
  return (type) => table.get(type) ?? [];
}
