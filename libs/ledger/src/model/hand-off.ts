import { type Flow, type FlowState, isOpen } from './flow.ts';
import { stepsOf } from './judge.ts';
import { doingOfOrchestrated, type Orchestrated } from './orchestrated.ts';
import { lastOf, listed, placeName } from './sentence.ts';
import type { Settlement } from './settlement.ts';

/** A flow that another one handed off to: a flow of its own, which the other one does not have to wait for. */
export interface HandOff {
  /** Id of the flow. */
  readonly flow: string;
  /** What the hand-off is called: `carrier` of `f-1/carrier/1`, else the flow's id. */
  readonly name: string;
  /** The app that handed off; undefined for a foreign source. */
  readonly app: string | undefined;
  readonly state: FlowState;
  /** Where it is: `handed to carrier: in flight at carrier.sort`. */
  readonly sentence: string;
  readonly startedAt: number;
}

/** How a flow looks from the one that handed off to it. */
export function handOffOf(flow: Flow, orchestrated: readonly Orchestrated[]): HandOff {
  const { id, parent = '', state, startedAt, roots } = flow;
  const [, name = id] = /^\/([^/]+)\/\d+$/.exec(id.startsWith(parent) ? id.slice(parent.length) : '') ?? [];
  const sentence = `handed to ${name}: ${placeOf(flow, orchestrated)}`;
  return { flow: id, name, app: roots[0]?.message.app, state, sentence, startedAt };
}

function placeOf(flow: Flow, orchestrated: readonly Orchestrated[]): string {
  const steps = [...stepsOf(flow.roots)];
  switch (flow.state) {
    case 'completed':
      return `completed with ${flow.end ?? lastOf(steps, flow)?.type ?? flow.type}`;
    case 'failed':
      return `failed: ${listed(flow.reasons)}`;
    case 'stalled':
      return listed(flow.reasons);
    default: {
      const open = steps.filter(isOpen).map(({ step, settlement }) => spotOf(step, settlement));
      const places = [...orchestrated.flatMap(doingOfOrchestrated), ...new Set(open)];
      return places.length > 0 ? listed(places, ' and ') : 'waiting for its next message';
    }
  }
}

function spotOf(step: string, { state }: Settlement): string {
  const place = placeName(step);
  switch (state) {
    case 'waiting':
      return `waiting for ${place}`;
    case 'in-flight':
      return `in flight at ${place}`;
    case 'retrying':
      return `tried again at ${place}`;
    case 'redriven':
      return `sent to ${place} again`;
    default:
      return `may be at ${place}`;
  }
}
