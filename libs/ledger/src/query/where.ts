import type { Judgement } from '../model/assemble.ts';
import type { Queue } from '../model/course.ts';
import { partsOfParent } from '../model/ends.ts';
import type { Flow } from '../model/flow.ts';
import { type HandOff, handOffOf } from '../model/hand-off.ts';
import { type Asked, isCompleted, judge, waitingIn } from '../model/judge.ts';
import type { FlowRecord } from '../model/record.ts';
import type { Projector } from '../projection/projector.ts';
import type { FoundFlow } from '../store/found.ts';
import type { Store } from '../store/store.ts';
import type { Orchestrations } from './orchestrations.ts';
import { type Freshness, type Match, ordered, type Whereabouts } from './whereabouts.ts';

const MOST_FLOWS = 20;
/** Hand-offs of one flow that are looked at. */
const MOST_HAND_OFFS = 20;

/** A flow that is judged by itself, and by what. */
export interface Alone {
  readonly flow: Flow;
  readonly record: FlowRecord;
  readonly judgement: Judgement;
}

/** Answers where a flow is, from what the projection knows by now. */
export class Where {
  constructor(
    private readonly store: Store,
    private readonly projector: Projector,
    private readonly orchestrations: Orchestrations,
  ) {}

  async where(key: string): Promise<Whereabouts> {
    const found = await this.store.find(key, MOST_FLOWS);
    const youngestFirst = found.sort((a, b) => b.started - a.started || b.n - a.n);
    const byFlow = [...Map.groupBy(youngestFirst, ({ n }) => n)].slice(0, MOST_FLOWS);
    const kinds = new Map<string, string[]>();
    const flows: Flow[] = [];
    for (const [n, ways] of byFlow) {
      const flow = await this.flow(n, nameOf(key, ways));
      if (flow === undefined) continue; // purged meanwhile
      flows.push(flow);
      kinds.set(flow.id, ways.map(kindOf));
    }
    const { heads, all } = ordered(flows);
    const matches = all.map(({ id }): Match => ({ flow: id, kinds: kinds.get(id) ?? [] }));
    const freshness = this.freshness();
    return { key, sentence: sentenceOf(key, heads, matches, freshness), matches, flows: all, ...freshness };
  }

  /** One flow, with its places in queues and what it handed off to; undefined when it is not known. */
  async flow(n: number, name?: string): Promise<Flow | undefined> {
    const read = await this.#read(n);
    if (read === undefined) return undefined;
    const { record, judgement } = read;
    const queue = await this.#queueOf(record, judgement);
    return this.judged(record, judgement, { queue, name, handOffs: await this.#handOffsOf(record) });
  }

  /** One flow by itself, with the ends that it has when it declares none; undefined when it is not known. */
  async alone(n: number, ends: readonly string[]): Promise<Alone | undefined> {
    const read = await this.#read(n);
    if (read === undefined) return undefined;
    const { record, judgement } = read;
    const isOfParent = partsOfParent(record, judgement, ends);
    const orchestrated = await this.orchestrations.of(record, judgement.expectations, isOfParent);
    return { ...read, flow: judge(record, judgement, { orchestrated, ends }) };
  }

  /** A flow as it is, its orchestrations asked. */
  async judged(record: FlowRecord, judgement: Judgement, asked: Asked = {}): Promise<Flow> {
    const orchestrated = await this.orchestrations.of(record, judgement.expectations);
    return judge(record, judgement, { ...asked, orchestrated });
  }

  /** Whether `judged` calls a flow completed; neither its tree nor its sentence is made. */
  async isCompleted(record: FlowRecord, judgement: Judgement): Promise<boolean> {
    return isCompleted(record, judgement, await this.orchestrations.of(record, judgement.expectations));
  }

  /** What flows are judged by now. It is taken before a flow is read: what is read may be newer, never older. */
  judgement(): Judgement {
    const { expectations, durables, lettersSince } = this.projector.knowledge;
    return { expectations, durables, lettersSince, now: Date.now() };
  }

  freshness(): Freshness {
    const { problem } = this.projector;
    const { asOf } = this.projector.knowledge;
    return {
      asOf,
      behindMs: asOf === 0 ? Number.POSITIVE_INFINITY : Math.max(0, Date.now() - asOf),
      problem,
    };
  }

  async #read(n: number): Promise<Omit<Alone, 'flow'> | undefined> {
    const judgement = this.judgement();
    const record = await this.store.flow(n);
    if (record === undefined || isOfOtherStreams(record, judgement)) return undefined;
    return { record, judgement };
  }

  /** Each is looked at alone: what it handed off to itself is told when it is asked for. */
  async #handOffsOf({ id }: FlowRecord): Promise<HandOff[]> {
    const handOffs: HandOff[] = [];
    const youngest = await this.store.handedOff(id, MOST_HAND_OFFS);
    for (const n of youngest.reverse()) {
      const read = await this.#read(n);
      if (read === undefined) continue;
      const { record, judgement } = read;
      const orchestrated = await this.orchestrations.of(record, judgement.expectations);
      handOffs.push(handOffOf(judge(record, judgement, { orchestrated }), orchestrated));
    }
    return handOffs.sort((a, b) => a.startedAt - b.startedAt);
  }

  async #queueOf(record: FlowRecord, judgement: Judgement): Promise<Queue> {
    const positions = new Map<string, ReturnType<Queue>>();
    for (const { seq, durable } of waitingIn(record, judgement)) {
      if (durable === undefined) continue;
      const { stream, name, subject, delivered } = durable;
      const number = this.projector.knowledge.numberOf(stream);
      const position = await this.store.between(subject, number, delivered, seq);
      const { perSecond } = this.projector.paces.of(stream, name, judgement.now);
      const expectedMs = perSecond > 0 ? Math.round((position / perSecond) * 1_000) : undefined;
      positions.set(`${durable.n} ${seq}`, { position, expectedMs });
    }
    return ({ seq, durable }) =>
      positions.get(`${durable?.n} ${seq}`) ?? { position: undefined, expectedMs: undefined };
  }
}

/** What is known of the consumers is from before the ledger was begun anew: of what was read since, it says nothing. */
export function isOfOtherStreams({ begun }: FlowRecord, { expectations }: Judgement): boolean {
  return expectations.census <= begun;
}

function kindOf({ kind, name }: FoundFlow): string {
  return kind === 'business-key' ? (name ?? 'business key') : `${kind} id`;
}

/** `Order o-17` for a business key `orderId`. */
function nameOf(key: string, ways: readonly FoundFlow[]): string {
  const name = ways.find(({ kind }) => kind === 'business-key')?.name;
  if (name === undefined) return ways.some(({ kind }) => kind === 'flow') ? `Flow ${key}` : `Message ${key}`;
  const noun = name.replace(/(_?id|Id|ID)$/, '') || name;
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${key}`;
}

function sentenceOf(
  key: string,
  flows: readonly Flow[],
  matches: readonly Match[],
  { asOf }: Freshness,
): string {
  const [flow, ...more] = flows;
  if (flow === undefined) {
    const since = asOf === 0 ? 'the ledger is still reading' : `as of ${new Date(asOf).toISOString()}`;
    return `Nothing is known of ${key}: searched flow ids, message ids and business keys, ${since}.`;
  }
  if (more.length === 0) return flow.sentence;
  const kinds = [...new Set(matches.flatMap((match) => match.kinds))].join(', ');
  return `${key} leads to ${flows.length} flows (as ${kinds}), the youngest first. ${flow.sentence}`;
}
