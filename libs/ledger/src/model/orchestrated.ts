import type { FlowState } from './flow.ts';

/** What the record of one orchestration says of the flow that it is. */
export interface Orchestrated {
  /** `fulfilment` */
  readonly name: string;
  /** As the record says it: `running`, `suspended`, `completed` …; `unknown` when it could not be read. */
  readonly status: string;
  /** Where its machine is: `picking`, `packing.labels`; undefined before it began. */
  readonly state: string | undefined;
  /** Its fan-outs that are not joined yet. */
  readonly waitsFor: readonly { readonly name: string; readonly done: number; readonly total: number }[];
  /** The last thing that went wrong. */
  readonly problem: string | undefined;
  /** It ended: nothing comes of it any more. */
  readonly isOver: boolean;
}

/** Why the flow is stalled or failed, when it is for the orchestration. */
export function lackOf({
  name,
  status,
  state,
  problem,
}: Orchestrated): { state: FlowState; reason: string } | undefined {
  const where = state === undefined ? '' : ` in ${state}`;
  const why = problem === undefined ? '' : `: ${problem}`;
  if (status === 'suspended')
    return { state: 'stalled', reason: `${name} is suspended${where} and waits for a person${why}` };
  if (status === 'failed') return { state: 'failed', reason: `${name} failed${where}${why}` };
  if (status === 'damaged')
    return { state: 'stalled', reason: `the record of ${name} cannot be read: it was edited or cut` };
  return undefined;
}

/** What it does now, for a sentence: `is picking (3 of 5 picks)`; nothing when it ended. */
export function doingOfOrchestrated({ name, status, state, waitsFor, isOver }: Orchestrated): string[] {
  if (isOver) return [];
  if (status === 'unknown') return [`is in ${name}, whose record cannot be had now`];
  if (status === 'compensating') return ['is undoing what was done'];
  const joins = waitsFor.map((join) => `${join.done} of ${join.total} ${join.name}`).join(', ');
  return [`is ${state ?? 'about to begin'}${joins === '' ? '' : ` (${joins})`}`];
}

/** What a flow is called by whoever has no name for it: `Fulfilment`, or `Flow`. */
export function oneself([first]: readonly Orchestrated[]): string {
  return first === undefined ? 'Flow' : `${first.name.charAt(0).toUpperCase()}${first.name.slice(1)}`;
}
