import { setTimeout as delay } from 'node:timers/promises';
import { LedgerQueryError } from '../errors.ts';
import { told } from '../model/duration.ts';
import { endsOf, ownOf } from '../model/ends.ts';
import type { FlowReport } from '../model/flow-report.ts';
import { isWatched } from '../model/judge.ts';
import type { Message } from '../model/message.ts';
import { reportOf } from '../model/report.ts';
import type { Store } from '../store/store.ts';
import type { Payloads } from './payloads.ts';
import type { Alone, Where } from './where.ts';
import type { Freshness } from './whereabouts.ts';

/** What is asked of a report. */
export interface ReportQuery {
  /**
   * Contract ids of messages that are listed as ends besides the declared ones; of a flow that declares none, they are
   * its ends. At most 20. Default: none.
   */
  readonly ends?: readonly string[];
  /** Whether to give what the first 10 ends say, as it was sent: sensitive values too. Default: no. */
  readonly data?: boolean;
}

const MOST_ENDS = 20;
const MOST_DATA = 10;
/** Messages at the end of a flow that is too long that are looked at, for its ends. */
const LAST = 1_000;
/** How long a report waits for the ledger to know what was stored before it was asked for. */
const PATIENCE_MS = 1_000;
const TICK_MS = 20;

/** Adds flows up, for whoever handed off to them. */
export class Reports {
  constructor(
    private readonly store: Store,
    private readonly where: Where,
    private readonly payloads: Payloads,
  ) {}

  /**
   * As of when it is asked for: the ledger has a second to catch up, and the report says when that was not enough.
   * Undefined when the flow is not known, as before the ledger has read the streams once.
   * @throws LedgerQueryError
   */
  async of(flowId: string, { ends = [], data = false }: ReportQuery = {}): Promise<FlowReport | undefined> {
    assertEnds(ends);
    const askedAt = Date.now();
    await this.#waited(() => this.where.freshness().asOf >= askedAt, askedAt);
    const freshness = this.where.freshness();
    const n = await this.store.numberOf(flowId);
    const read = n === undefined ? undefined : await this.#read(n, ends, askedAt);
    if (n === undefined || read === undefined) return undefined;
    const { flow, record, judgement } = read;
    const last = record.truncated ? await this.store.last(n, flowId, LAST) : [];
    const ending = endingOf([...ownOf(record), ...last], endsOf(record, judgement, ends));
    const payloads = data ? await this.payloads.of(ending.slice(0, MOST_DATA)) : [];
    const { asOf, behindMs } = freshness;
    return reportOf(flow, {
      ends: ending.map((message, i) => {
        const payload = payloads[i];
        return payload !== undefined && 'data' in payload ? { message, payload } : { message };
      }),
      asOf,
      behindMs,
      lacks: [
        ...(asOf >= askedAt ? [] : [lateness(freshness)]),
        ...cutsOf(read),
        ...causesMissing(read),
        ...payloads.flatMap((payload) => ('lack' in payload ? [payload.lack] : [])),
      ],
    });
  }

  /** What seems to be over is looked at once more when the broker was asked for its consumers: then it is, or not. */
  async #read(n: number, ends: readonly string[], askedAt: number): Promise<Alone | undefined> {
    const read = await this.where.alone(n, ends);
    if (read?.flow.state !== 'running' || isWatched(read.record, read.judgement)) return read;
    const { record } = read;
    await this.#waited(() => isWatched(record, this.where.judgement()), askedAt);
    return this.where.alone(n, ends);
  }

  /** Nothing is waited for that does not come: the answer is as old as the ledger then. */
  async #waited(isSo: () => boolean, askedAt: number): Promise<void> {
    const isOver = (): boolean =>
      this.where.freshness().problem !== undefined || Date.now() - askedAt > PATIENCE_MS;
    while (!isSo() && !isOver()) await delay(TICK_MS);
  }
}

/** @throws LedgerQueryError */
function assertEnds(ends: readonly string[]): void {
  const wrong = ends.find((end) => !/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*\.v\d+$/.test(end));
  if (wrong !== undefined)
    throw new LedgerQueryError(`An end is a contract id such as order.placed.v1, not "${wrong}".`);
  if (ends.length > MOST_ENDS)
    throw new LedgerQueryError(`At most ${MOST_ENDS} ends can be asked for, not ${ends.length}.`);
}

/** Each message once, in their order. */
function endingOf(messages: readonly Message[], types: ReadonlySet<string>): Message[] {
  const ending = messages.filter(({ type }) => types.has(type));
  return [...new Map(ending.map((message) => [message.seq, message])).values()];
}

function lateness({ behindMs, problem }: Freshness): string {
  const by = `the ledger is ${told(behindMs)} behind`;
  return problem === undefined ? by : `${by}: ${problem}`;
}

function cutsOf({ record }: Alone): string[] {
  if (!record.truncated) return [];
  const shown = record.messages.length.toLocaleString('en');
  return [
    `the flow has more than ${shown} messages: what is told is of the first ones, and ends of the last ${LAST.toLocaleString('en')}`,
  ];
}

/** A step that sends what nothing caused had its reason all the same, but for one that opens a flow for another. */
function causesMissing({ flow, judgement: { expectations } }: Alone): string[] {
  const began = new Date(flow.startedAt).toISOString();
  return flow.roots.flatMap(({ message: { cause, type, id, emittedBy = '' } }) => {
    const isHandedOff = flow.parent !== undefined && expectations.isOrchestration(emittedBy);
    if (cause === undefined || isHandedOff || !expectations.isStep(emittedBy)) return [];
    return [`what caused ${type} ${id} is not known: messages before ${began} may be purged`];
  });
}
