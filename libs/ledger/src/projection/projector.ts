import type { Choreography } from '../model/choreography.ts';
import type { Batch } from '../store/batch.ts';
import type { Known, Store } from '../store/store.ts';
import { BEAT_MS } from './beat.ts';
import type { Broker } from './broker.ts';
import type { BusinessKeys } from './business-keys.ts';
import { Knowledge } from './knowledge.ts';
import { type Due, Lead } from './lead.ts';
import { type Holding, Membership } from './membership.ts';
import { Paces } from './pace.ts';
import { Readers } from './readers.ts';
import { infoOf } from './streams.ts';
import { Tap } from './tap.ts';

export interface ProjectorOptions {
  readonly choreography: Choreography;
  readonly businessKeys: BusinessKeys;
  /** Whether the broker can be reached now. */
  readonly isConnected: () => boolean;
}

/** What is written at once. */
interface Gathered {
  readonly due: Due | undefined;
  readonly batch: Batch;
}

const AGAIN_MS = 1_000;
/** How often the shares are looked at. */
const TURN_MS = 500;
/** How often a projector that does not lead asks what the leading one knows. */
const FOLLOW_MS = 250;

/**
 * Keeps the store in step with the broker, together with all others that have the store: each indexes its shares, and
 * the one with the first share leads. Reading is bounded by what can be written; what is written goes with the position
 * that it was read up to, so that a crash loses nothing and repeats nothing.
 */
export class Projector {
  readonly paces = new Paces();
  readonly knowledge: Knowledge;
  /** Why nothing can be written; undefined while all is well. */
  #problem: string | undefined;
  /** Why a projector that does not lead cannot read now. */
  #hindrance: string | undefined;
  readonly #isConnected: () => boolean;
  readonly #membership: Membership;
  readonly #tap: Tap;
  readonly #readers: Readers;
  /** Undefined when everything that is held is in doubt: nothing is written then. */
  #holding: Holding | undefined;
  #lead: Lead | undefined;
  /** Gathered and not written yet. */
  #pending: Gathered | undefined;
  #turnedAt = Number.NEGATIVE_INFINITY;
  #followedAt = Number.NEGATIVE_INFINITY;
  /** When something was written last. */
  #wroteAt = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => {};
  #stopped = false;
  readonly #running: Promise<void>;

  constructor(
    private readonly broker: Broker,
    private readonly store: Store,
    { choreography, businessKeys, isConnected }: ProjectorOptions,
  ) {
    this.#isConnected = isConnected;
    const wake = (): void => this.#wake();
    this.knowledge = new Knowledge(broker.names, choreography);
    this.#membership = new Membership(store.shares);
    this.#readers = new Readers(broker, store.shares.count, businessKeys, wake);
    this.#tap = new Tap(broker, (answer) => this.paces.heard(answer));
    this.#running = this.#run();
  }

  /** Why answers are older than they should be; undefined while they are not. */
  get problem(): string | undefined {
    return this.#problem ?? (this.#lead === undefined ? this.#hindrance : this.#lead.problem);
  }

  /** Whether this is the projector to look after a flow, by the ledger's number of it. */
  hasShareOf(flow: number): boolean {
    return this.#holding?.shares.includes(flow % this.store.shares.count) === true;
  }

  /** Answers may have passed unheard: what they were about is in doubt. */
  missed(): void {
    this.#lead?.missed();
  }

  /** What it has goes to the others at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await Promise.all([this.#lead?.stop(), this.#readers.stop(), this.#running]);
    await Promise.all([this.#lead?.stop(), this.#readers.stop()]); // it may have begun anew meanwhile
    this.#tap.stop();
    await this.#membership.leave().catch(() => {}); // the others find out
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        if (this.#lead?.isVoid) await this.#clear();
        await this.#turn();
        if (this.#lead === undefined) await this.#follow();
        await this.#write();
        this.#problem = undefined;
      } catch (error) {
        if (this.#stopped) return;
        this.#told(error);
        await this.#pause(AGAIN_MS);
      }
      await this.#pause(BEAT_MS);
    }
  }

  #told(error: unknown): void {
    const problem = `The ledger (${this.store.where}) cannot be written: ${String(error)}`;
    if (problem !== this.#problem) this.broker.log.error({ err: error }, problem);
    this.#problem = problem;
  }

  /** Resolves after a while, or when there is something to do: a beat after the last write, unless readers wait for it. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      let timer = setTimeout(resolve, this.#readers.isFull ? 0 : ms);
      this.#wake = () => {
        clearTimeout(timer);
        const isDue = this.#readers.isFull || this.#stopped;
        if (isDue) setImmediate(resolve);
        else timer = setTimeout(resolve, Math.max(0, this.#wroteAt + BEAT_MS - performance.now()));
      };
    });
  }

  /** Forgets everything: all projectors read all streams from their beginnings. */
  async #clear(): Promise<void> {
    await this.#stopAll();
    await this.store.clear();
    this.#turnedAt = Number.NEGATIVE_INFINITY;
  }

  async #stopAll(): Promise<void> {
    this.#holding = undefined;
    this.#pending = undefined;
    await this.#lead?.stop();
    this.#lead = undefined;
    await this.#readers.stop();
  }

  /** Looks which shares are whose. Whatever changes, all that is held is gone on with where the store has it. */
  async #turn(): Promise<void> {
    if (performance.now() - this.#turnedAt < TURN_MS) return;
    if (!this.#isConnected() && this.store.shares.count > 1) return this.#sitOut();
    const holding = await this.#membership.turn();
    this.#turnedAt = performance.now();
    if (!holding.isNew && isSame(holding, this.#holding)) return;
    const leads = holding.shares.includes(0);
    if (leads && holding.projector === this.#holding?.projector) await this.#readers.stop();
    else await this.#stopAll();
    this.#holding = undefined;
    this.#pending = undefined;
    this.store.forget();
    const known = await this.store.known();
    const positions = await this.store.shares.positions();
    this.#know(known);
    await this.#readers.begin(
      positions.filter(({ share }) => holding.shares.includes(share)),
      known.streams,
    );
    if (leads) this.#lead ??= this.#leadFrom(known, positions);
    this.#holding = holding;
  }

  /** Without the broker it would hold up all others, who may have it. */
  async #sitOut(): Promise<void> {
    if (this.#holding === undefined) return;
    this.#holding = undefined;
    await this.#membership.leave();
    await this.#stopAll();
  }

  #leadFrom(known: Known, positions: ConstructorParameters<typeof Lead>[2]): Lead {
    const { broker, store } = this;
    const standing = { broker, store, readers: this.#readers, tap: this.#tap, wake: () => this.#wake() };
    return new Lead(standing, known, positions);
  }

  #know(known: Known): void {
    const { census } = this.knowledge.expectations;
    this.knowledge.set(known);
    if (known.census === census) return;
    this.store.know(known.durables);
    const names = new Set(known.durables.map(({ durable }) => `${durable.stream} ${durable.name}`));
    this.paces.keepOnly((stream, consumer) => names.has(`${stream} ${consumer}`));
  }

  /** What the leading projector found is known here, and read as far as the streams go. */
  async #follow(): Promise<void> {
    if (performance.now() - this.#followedAt < FOLLOW_MS) return;
    this.#followedAt = performance.now();
    const known = await this.store.known();
    this.#know(known);
    if (!this.#isConnected()) {
      this.#hindrance = 'The ledger is cut off from the broker; it knows what others find.';
      return;
    }
    await this.#readOn(known).then(
      () => {
        this.#hindrance = undefined;
      },
      (error: unknown) => {
        this.#hindrance = `The broker cannot be read now: ${String(error)}`;
      },
    );
  }

  async #readOn({ streams }: Known): Promise<void> {
    const ends = new Map<string, number>();
    for (const { n, name } of streams) {
      await this.#tap.listen(name);
      this.#readers.open(n, name);
      const info = await infoOf(this.broker, name);
      if (info !== undefined) ends.set(name, info.state.last_seq);
    }
    await this.#readers.haveRead(ends);
  }

  /** Writes what was read and heard. What could not be written is kept, and written first. */
  async #write(): Promise<void> {
    const holding = this.#holding;
    if (holding === undefined) return;
    this.#pending ??= await this.#gather(holding);
    if (this.#pending === undefined) return;
    const { batch, due } = this.#pending;
    this.#wroteAt = performance.now();
    for (const { durable } of due?.changes.made ?? [])
      await this.store.unsettle(durable.subject, due?.asOf.census ?? 0);
    const written = await this.store.write(batch, holding.projector, Date.now());
    if (written === undefined) {
      this.#holding = undefined; // the next turn tells what is left of it
      return;
    }
    this.#pending = undefined;
    this.#readers.written(batch.shares);
    if (due !== undefined && this.#lead !== undefined) this.#know(this.#lead.written(due));
    await this.#lead?.retain();
  }

  async #gather({ shares }: Holding): Promise<Gathered | undefined> {
    const due = await this.#lead?.due(shares);
    if (due === undefined && !this.#readers.isAhead) return undefined;
    const { evidence, changed } = due?.changes ?? { evidence: [], changed: [] };
    const read = this.#readers.take();
    const batch = {
      ...read,
      evidence,
      durables: changed,
      shares: this.#readers.positions(),
      asOf: due?.asOf,
    };
    return { due, batch };
  }
}

function isSame(a: Holding, b: Holding | undefined): boolean {
  return a.projector === b?.projector && a.shares.join() === b.shares.join();
}
