import { hostname } from 'node:os';
import { Kvm } from '@nats-io/kv';
import type { Broker } from '../projection/broker.ts';
import { infoOf } from '../projection/streams.ts';
import type { Alert, AlertKind, Change } from './alert.ts';
import { AlertBook } from './alert-book.ts';
import { changesOf } from './changes.ts';
import { Lease } from './lease.ts';
import type { Seen } from './patience.ts';

const BUCKET = 'watchdog';
const LARGEST = 16 * 1024 * 1024;

/** Without the broker nothing else is known; and that much must be told then. */
const KNOWN_ALONE: ReadonlySet<AlertKind> = new Set(['ledger-behind']);

/**
 * Telling of alerts, which one watchdog of any number does: whoever holds the lease. It keeps them in the bucket
 * `watchdog`, where another one finds what it has not told of yet when it dies. While the broker is away, the one that
 * had the lease last goes on with what it knows.
 */
export class Duty {
  #lease: Lease | undefined;
  #book: AlertBook | undefined;
  /** It has the lease, and has read what there is. */
  #isOn = false;

  constructor(
    private readonly broker: () => Promise<Broker>,
    private readonly leaseMs: number,
    private readonly isTold: boolean,
  ) {}

  /** Changes that nobody was told of yet; undefined while another watchdog does it. */
  get untold(): number | undefined {
    const book = this.#current;
    return book && [...book.alerts.values()].reduce((sum, { untold }) => sum + untold.length, 0);
  }

  /**
   * Alerts of which somebody is to be told now. What is not saved yet waits: whoever takes over must know of it. While
   * the broker is away, that cannot be.
   */
  get due(): readonly Alert[] {
    const book = this.#current;
    if (book === undefined) return [];
    const alerts = this.#isCertain
      ? book.saved
      : [...book.alerts.values()].filter(({ kind }) => KNOWN_ALONE.has(kind));
    return alerts.filter(({ untold }) => untold.length > 0);
  }

  get #current(): AlertBook | undefined {
    return this.#isOn ? this.#book : undefined;
  }

  get #isCertain(): boolean {
    return this.#lease?.isHeld === true;
  }

  /** Takes or keeps the lease. Rejects while the broker is away. */
  async renew(): Promise<void> {
    this.#lease ??= await this.#open();
    try {
      const isHeld = await this.#lease.renew();
      if (isHeld && !this.#isOn) await this.#book?.read();
      this.#isOn = isHeld;
      if (isHeld) await this.#book?.save();
    } catch (error) {
      await this.#bucket().catch(() => {}); // somebody may have deleted it
      throw error;
    }
  }

  /** Keeps what began and what is over. Rejects while the broker is away, and then it is told of all the same. */
  async change(seen: Seen, now: number): Promise<void> {
    const book = this.#current;
    if (book === undefined) return;
    const known = this.#isCertain ? seen : aloneIn(seen);
    await book.put(changesOf(book.alerts, known, now, this.isTold));
  }

  /** Keeps that a change was taken. Rejects while the broker is away, and then it is kept later. */
  async told(alertId: string, { since, state }: Change): Promise<void> {
    const alert = this.#book?.alerts.get(alertId);
    if (alert === undefined) return; // somebody else told it, and it is over
    const untold = alert.untold.filter((change) => change.since !== since || change.state !== state);
    await this.#book?.put([{ ...alert, untold }]);
  }

  async release(): Promise<void> {
    this.#isOn = false;
    await this.#lease?.release();
  }

  async #open(): Promise<Lease> {
    const entries = await this.#bucket();
    const { manager, names } = await this.broker();
    this.#book = new AlertBook(entries, manager, names.bucket(BUCKET));
    return new Lease(entries, `${hostname()}/${process.pid}`, this.leaseMs);
  }

  /** Made when it is missing, with as many copies as the environment's messages have. */
  async #bucket(): ReturnType<Kvm['create']> {
    const broker = await this.broker();
    const events = await infoOf(broker, broker.names.events);
    return new Kvm(broker.jetstream).create(broker.names.bucket(BUCKET), {
      history: 1,
      replicas: events?.config.num_replicas ?? 1,
      max_bytes: LARGEST,
      allow_direct: false,
    });
  }
}

function aloneIn({ lasting, present }: Seen): Seen {
  return { lasting: lasting.filter(({ kind }) => KNOWN_ALONE.has(kind)), present, judged: KNOWN_ALONE };
}
