import { type ConsumerInfo, DeliverPolicy } from '@nats-io/jetstream';
import { readManifest } from '@troupe/jetstream';
import type { Durable } from '../model/course.ts';
import { type Registered, stepOfDurable } from '../model/expectation.ts';
import type { Broker } from './broker.ts';

/** What the broker said of its consumers. */
export interface Census {
  /** The younger, the higher. */
  readonly n: number;
  readonly infos: readonly ConsumerInfo[];
  /** Streams that were asked; a consumer of these that is not among `infos` is gone. */
  readonly streams: readonly string[];
  /** Streams whose answers may have been missed, and until when. */
  readonly doubts: ReadonlyMap<string, number>;
}

/** The consumers of the platform's steps, with the numbers that the ledger gave them. */
export class Registry {
  readonly #entries = new Map<string, Registered>();
  /** Consumers that say nothing of a step, such as our own: nothing is expected of them. */
  #others = new Set<string>();
  #last = 0;

  constructor(remembered: readonly Registered[]) {
    for (const entry of remembered) {
      this.#entries.set(keyOf(entry.durable.stream, entry.durable.name), entry);
      this.#last = Math.max(this.#last, entry.durable.n);
    }
  }

  get entries(): readonly Registered[] {
    return [...this.#entries.values()];
  }

  knows(stream: string, consumer: string): boolean {
    const key = keyOf(stream, consumer);
    return this.#entries.has(key) || this.#others.has(key);
  }

  find(stream: string, consumer: string): Durable | undefined {
    return this.#entries.get(keyOf(stream, consumer))?.durable;
  }

  /** What changes, and which of it is new (made, or made anew). Nothing is changed before `apply`. */
  changes(census: Census): { changed: Registered[]; made: Registered[] } {
    const changed: Registered[] = [];
    const made: Registered[] = [];
    const present = new Set<string>();
    const others = new Set<string>();
    for (const info of census.infos) {
      const key = keyOf(info.stream_name, info.name);
      present.add(key);
      const earlier = this.#entries.get(key);
      const entry = entryOf(info, earlier, () => ++this.#last, census.doubts.get(info.stream_name));
      if (entry === undefined) {
        others.add(key);
        continue;
      }
      if (earlier?.durable.created !== entry.durable.created) made.push(entry);
      if (JSON.stringify(earlier) !== JSON.stringify(entry)) changed.push(entry);
    }
    this.#others = others;
    for (const [key, entry] of this.#entries) {
      const { durable } = entry;
      if (present.has(key) || durable.gone || !census.streams.includes(durable.stream)) continue;
      changed.push({ ...entry, durable: { ...durable, gone: true } });
    }
    return { changed, made };
  }

  apply(changed: readonly Registered[]): void {
    for (const entry of changed) this.#entries.set(keyOf(entry.durable.stream, entry.durable.name), entry);
  }
}

/** The consumers of a stream, as the broker tells of them now. */
export async function consumersOf({ manager }: Broker, stream: string): Promise<ConsumerInfo[]> {
  const infos: ConsumerInfo[] = [];
  for await (const info of manager.consumers.list(stream)) infos.push(info);
  return infos;
}

function entryOf(
  info: ConsumerInfo,
  earlier: Registered | undefined,
  number: () => number,
  doubtedAt: number | undefined,
): Registered | undefined {
  const { config, created } = info;
  const manifest = readManifest(config.metadata);
  const owner = stepOfDurable(info.name);
  if (manifest === undefined || owner === undefined) return undefined;
  const same = earlier?.durable.created === created ? earlier.durable : undefined;
  const delivered = Math.max(info.delivered.stream_seq, same?.delivered ?? 0);
  const answered = info.num_ack_pending === 0 ? info.delivered.stream_seq : info.ack_floor.stream_seq;
  const doubt = doubtedAt === undefined ? same : { doubt: delivered, doubtedAt };
  const durable: Durable = {
    n: earlier?.durable.n ?? number(),
    stream: info.stream_name,
    name: info.name,
    step: manifest.step,
    app: owner.app,
    subject: (config.filter_subject ?? '').replace(/\.\*$/, ''),
    created,
    ...(same === undefined ? beginningOf(info) : { first: same.first, since: same.since }),
    delivered,
    floor: Math.max(answered, same?.floor ?? 0),
    pending: info.num_pending,
    unanswered: info.num_ack_pending,
    doubt: doubt?.doubt ?? 0,
    doubtedAt: doubt?.doubtedAt ?? 0,
    floorProves: (config.max_deliver ?? -1) === -1,
    gone: false,
  };
  const { emits, within, orchestration } = manifest;
  return { durable, emits, within, ...(orchestration && { orchestration: orchestration.name }) };
}

/** Where it begins: known exactly before it delivered anything, and by its age afterwards. */
function beginningOf({ config, delivered, created }: ConsumerInfo): Pick<Durable, 'first' | 'since'> {
  if (config.deliver_policy === DeliverPolicy.All) return { first: 0, since: 0 };
  if (delivered.consumer_seq === 0) return { first: delivered.stream_seq + 1, since: 0 };
  return { first: 0, since: Math.floor(Date.parse(created)) };
}

function keyOf(stream: string, consumer: string): string {
  return `${stream} ${consumer}`;
}
