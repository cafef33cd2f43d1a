import { wholeOf } from '../kernel/messages.ts';
import { hasEnded, type InstanceRecord, type WholeMessage } from '../record.ts';
import { type Bucket, NEVER_WRITTEN } from './bucket.ts';
import { keys } from './keys.ts';
import { Remembered } from './remembered.ts';

/** An instance as this process knows it. */
export interface Instance {
  readonly id: string;
  /** Undefined when there is none. */
  record: InstanceRecord | undefined;
  revision: number;
  /** What is not known to be published, oldest decision first. */
  readonly unpublished: Unpublished[];
}

/** What one decision left to be published. */
export interface Unpublished {
  /** Key of the input that it was decided for; undefined when whoever wrote the record that was read left it. */
  readonly input: string | undefined;
  readonly messages: readonly WholeMessage[];
  /** Ids of fan-outs whose branches are. */
  readonly fanOuts: readonly string[];
}

/** Records are some kilobytes each. */
const MOST_REMEMBERED = 5_000;

/** The instances of one orchestration: read when they are not remembered, written when nobody else was faster. */
export class Instances {
  readonly #known = new Remembered<Instance>(MOST_REMEMBERED);
  readonly #ttl: string;
  /** The last start found nothing written: over HTTP, the instance is written before its start comes. */
  #startsAreNew = true;

  constructor(
    private readonly bucket: Bucket,
    private readonly orchestration: string,
    /** How long an instance stays after its end. */
    keepDays: number,
  ) {
    this.#ttl = `${Math.max(1, Math.round(keepDays * 86_400))}s`;
  }

  /** How long the keys of an instance stay after its end, as the broker wants it said. */
  get ttl(): string {
    return this.#ttl;
  }

  /** As this process last wrote or read it, which may be behind. */
  remembered(id: string): Instance | undefined {
    return this.#known.get(id);
  }

  /** That of a start: not read while starts find nothing, since what they write shows when that is wrong. */
  async started(id: string): Promise<Instance> {
    if (this.#startsAreNew) return newInstance(id);
    const instance = await this.read(id);
    this.#startsAreNew = instance.record === undefined;
    return instance;
  }

  /** As it is in the bucket. */
  async read(id: string): Promise<Instance> {
    const { record, revision } = await this.bucket.get<InstanceRecord>(keys.instance(this.orchestration, id));
    const known = this.#known.get(id);
    if (known !== undefined && known.revision === revision) return known;
    const instance = { id, record, revision, unpublished: unpublishedOf(record) };
    if (record !== undefined) this.#known.set(id, instance);
    return instance;
  }

  /** Writes the record over the one that the instance has; false, and the instance is forgotten, when that is behind. */
  async write(instance: Instance, record: InstanceRecord): Promise<boolean> {
    const key = keys.instance(this.orchestration, instance.id);
    const ttl = hasEnded(record) ? this.#ttl : undefined;
    try {
      const revision = await this.bucket.put(key, record, instance.revision, ttl);
      if (revision === undefined) {
        this.#known.delete(instance.id);
        if (instance.revision === NEVER_WRITTEN) this.#startsAreNew = false;
        return false;
      }
      Object.assign(instance, { record, revision });
      if (hasEnded(record))
        this.#known.delete(instance.id); // hardly anything comes for it any more
      else this.#known.set(instance.id, instance);
      return true;
    } catch (error) {
      this.#known.delete(instance.id); // it may be written, or not
      throw error;
    }
  }
}

function newInstance(id: string): Instance {
  return { id, record: undefined, revision: NEVER_WRITTEN, unpublished: [] };
}

/** Of a record that another process wrote, or this one before it forgot: everything that is pending may be. */
function unpublishedOf(record: InstanceRecord | undefined): Unpublished[] {
  if (record === undefined) return [];
  const fanOuts = record.fanOuts.filter(({ status }) => status === 'open').map(({ id }) => id);
  if (record.pending.length === 0 && fanOuts.length === 0) return [];
  const messages = record.pending.flatMap((one) => wholeOf(record, one) ?? []);
  return [{ input: undefined, messages, fanOuts }];
}
