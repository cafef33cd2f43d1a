import type { Flow, FlowsPage } from '@troupe/ledger';
import { shownTime } from '../times.ts';

/** A flow as lists have it: without its messages and hand-offs. */
export type ListedFlow = Omit<Flow, 'roots' | 'handOffs'>;

/** A page of flows. */
export interface FlowsAnswer extends Omit<FlowsPage, 'flows'> {
  readonly flows: readonly ListedFlow[];
  /** Older flows are purged. */
  readonly knownSince?: string;
}

/** Titles of `flowRow`. */
export const FLOW_TITLES = ['STATE', 'BEGAN', 'OPENED BY', 'FLOW', 'WHERE'] as const;

/** One flow in a table. */
export function flowRow({ id, state, type, startedAt, sentence }: ListedFlow): string[] {
  return [state, shownTime(startedAt), type, id, withoutName(sentence, id)];
}

/** A sentence about a flow names it first, and it stands beside. */
function withoutName(sentence: string, id: string): string {
  const name = `Flow ${id} `;
  return sentence.startsWith(name) ? sentence.slice(name.length) : sentence;
}
