import { LedgerQueryError } from '../errors.ts';
import { FLOW_STATES, type Flow, type FlowState } from '../model/flow.ts';
import { majorOf } from '../model/message.ts';
import type { Store } from '../store/store.ts';
import type { Where } from './where.ts';
import type { Freshness } from './whereabouts.ts';

/** Which flows are asked for. */
export interface FlowsQuery {
  /** Default: all. */
  readonly state?: FlowState;
  /** Contract id of the message that opened them. */
  readonly type?: string;
  /** Started then or later, and before then: RFC 3339. */
  readonly since?: string;
  readonly until?: string;
  /** At most so many, from 1 to 500. Default 50. */
  readonly limit?: number;
  /** Where the last answer ended. */
  readonly cursor?: string;
}

/** A page of flows, youngest first. */
export interface FlowsPage extends Freshness {
  readonly flows: readonly Flow[];
  /** Asks for what comes behind; undefined when nothing does. A page may be short and still have one. */
  readonly cursor: string | undefined;
}

const PAGE = 200;
/** Flows that one answer looks at: a rare state among many flows takes several pages, each soon there. */
const MOST_LOOKED_AT = 2_000;
/** Majors of one contract that may be sent at one time. */
const MOST_MAJORS = 10;

/** @throws LedgerQueryError when the query asks for what cannot be */
export async function flowsOf(store: Store, where: Where, query: FlowsQuery): Promise<FlowsPage> {
  const { state, type } = query;
  if (state !== undefined && !FLOW_STATES.includes(state))
    throw new LedgerQueryError(`A flow is ${FLOW_STATES.join(', ')}; none is "${state}".`);
  const limit = limitOf(query.limit);
  const since = timeOf('since', query.since) ?? 0;
  const until = timeOf('until', query.until) ?? Number.MAX_SAFE_INTEGER;
  let before = cursorOf(query.cursor);
  const unsettled = state === undefined ? undefined : state !== 'completed';
  const types = type === undefined ? undefined : majorsUpTo(type);
  const flows: Flow[] = [];
  for (let looked = 0; looked < MOST_LOOKED_AT; ) {
    const entries = await store.flows({ unsettled, types, since, until, before, limit: PAGE });
    for (const entry of entries) {
      looked++;
      before = entry;
      const flow = await where.flow(entry.n);
      if (flow !== undefined && isAsked(flow, query)) flows.push(flow);
      if (flows.length === limit) return { flows, cursor: textOf(before), ...where.freshness() };
    }
    if (entries.length < PAGE) return { flows, cursor: undefined, ...where.freshness() };
  }
  return { flows, cursor: before && textOf(before), ...where.freshness() };
}

function isAsked(flow: Flow, { state, type }: FlowsQuery): boolean {
  return (state === undefined || flow.state === state) && (type === undefined || flow.type === type);
}

/** A fact that is sent as several majors is stored as the oldest first, and a flow is listed under that. */
function majorsUpTo(type: string): string[] {
  const major = majorOf(type);
  const oldest = Math.max(1, major - MOST_MAJORS + 1);
  if (major === 0) return [type];
  return Array.from({ length: major - oldest + 1 }, (_, i) => type.replace(/\d+$/, String(oldest + i)));
}

interface Place {
  readonly started: number;
  readonly n: number;
}

function textOf({ started, n }: Place): string {
  return `${started}.${n}`;
}

function cursorOf(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined;
  const [, started, n] = /^(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (started === undefined || n === undefined)
    throw new LedgerQueryError(
      `The cursor "${text}" is none of this ledger: give the one of the last answer.`,
    );
  return { started: Number(started), n: Number(n) };
}

function limitOf(limit = 50): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit;
  throw new LedgerQueryError(`The limit is a whole number from 1 to 500, not ${limit}.`);
}

function timeOf(what: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new LedgerQueryError(`"${what}" is a time such as 2026-01-31T12:00:00Z, not "${text}".`);
  return time;
}
