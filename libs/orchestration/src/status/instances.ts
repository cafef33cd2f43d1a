import type { Bucket } from '../engine/bucket.ts';
import { keys } from '../engine/keys.ts';
import type { Written } from '../engine/written.ts';
import { hasEnded, type InstanceRecord, type InstanceStatus, type StateValue } from '../record.ts';
import { stateOf } from './status.ts';

/** An instance as lists have it. */
export interface InstanceSummary {
  readonly id: string;
  readonly orchestration: string;
  readonly version: number;
  readonly status: InstanceStatus;
  readonly state: StateValue | null;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
}

/** Which instances. */
export interface InstanceFilter {
  readonly status?: InstanceStatus | undefined;
  /** Those whose machine is in this state: `picking`, or `packing.label` for a nested one. */
  readonly state?: string | undefined;
}

/** Where a page begins: after this instance, in the order of lists. */
export type Place = Pick<InstanceSummary, 'startedAt' | 'id'>;

/** Some instances of an orchestration. */
export interface InstancePage {
  readonly instances: readonly InstanceSummary[];
  /** Where the following page begins; undefined when there is none. */
  readonly next: Place | undefined;
  /** How many records cannot be read: they were edited by hand, or are damaged. */
  readonly damaged: number;
}

/** Instances that are remembered: those that changed last. */
const MOST = 100_000;

/**
 * The instances of one orchestration, for lists. It reads the bucket when it is first asked, and what was written since
 * each time after: nothing is read or sent for it in between. It takes about 0.6 KB for each instance.
 */
export class Instances {
  readonly #summaries = new Map<string, InstanceSummary>();
  readonly #damaged = new Set<string>();
  #upTo = 0;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly bucket: Bucket,
    private readonly orchestration: string,
    private readonly most = MOST,
  ) {}

  /**
   * The youngest that match, after a place; what ended and is no longer kept is left out, so that there may be fewer
   * than `limit`.
   * @throws EffectsUnavailableError
   */
  async page(filter: InstanceFilter, limit: number, after?: Place): Promise<InstancePage> {
    await this.#catchUp();
    const youngest = new Youngest(limit + 1);
    for (const summary of this.#summaries.values()) {
      if ((after === undefined || compare(after, summary) < 0) && matches(filter, summary))
        youngest.add(summary);
    }
    const [found, hasMore] = [youngest.found.slice(0, limit), youngest.found.length > limit];
    const isKept = await Promise.all(found.map((summary) => !hasEnded(summary) || this.#isKept(summary)));
    return {
      instances: found.filter((_, i) => isKept[i]),
      next: hasMore ? found.at(-1) : undefined,
      damaged: this.#damaged.size,
    };
  }

  /** Those who ask at once wait for one reading. */
  #catchUp(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    for await (const page of this.bucket.written(keys.instances(this.orchestration), this.#upTo)) {
      for (const written of page) {
        this.#take(written);
        this.#upTo = written.revision;
      }
    }
  }

  #take({ key, read }: Written): void {
    this.#summaries.delete(key);
    this.#damaged.delete(key);
    if (read === undefined) return;
    if ('problem' in read) {
      this.#damaged.add(key);
      return;
    }
    this.#summaries.set(key, summaryOf(read.record as InstanceRecord));
    if (this.#summaries.size <= this.most) return;
    const [oldest] = this.#summaries.keys(); // the one that was not written for longest
    if (oldest !== undefined) this.#summaries.delete(oldest);
  }

  /** The broker removes what ended when its time is over, and tells nobody. */
  async #isKept({ id }: InstanceSummary): Promise<boolean> {
    const key = keys.instance(this.orchestration, id);
    if ((await this.bucket.get(key)).record !== undefined) return true;
    this.#summaries.delete(key);
    return false;
  }
}

/** What a list shows of an instance. */
export function summaryOf(record: InstanceRecord): InstanceSummary {
  const { id, orchestration, version, status, startedAt, updatedAt, endedAt } = record;
  return {
    id,
    orchestration,
    version,
    status,
    state: stateOf(record),
    startedAt,
    updatedAt,
    ...(endedAt !== undefined && { endedAt }),
  };
}

/** The first few in the order of lists, of any number that come in any order. */
class Youngest {
  readonly found: InstanceSummary[] = [];

  constructor(private readonly most: number) {}

  add(summary: InstanceSummary): void {
    const last = this.found.at(-1);
    if (this.found.length === this.most && last !== undefined && compare(last, summary) < 0) return;
    const at = this.found.findIndex((one) => compare(summary, one) < 0);
    this.found.splice(at === -1 ? this.found.length : at, 0, summary);
    if (this.found.length > this.most) this.found.pop();
  }
}

/** Youngest first; ids make it an order. */
function compare(a: Place, b: Place): number {
  if (a.startedAt !== b.startedAt) return a.startedAt > b.startedAt ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function matches({ status, state }: InstanceFilter, summary: InstanceSummary): boolean {
  if (status !== undefined && summary.status !== status) return false;
  return state === undefined || (summary.state !== null && isIn(summary.state, state.split('.')));
}

function isIn(value: StateValue, [name, ...names]: readonly string[]): boolean {
  if (name === undefined) return true;
  if (typeof value === 'string') return value === name && names.length === 0;
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  return inner !== undefined && isIn(inner, names);
}
