import type { Flow } from '@troupe/ledger';

/** A flow without its messages. A list of whole flows would grow with both: thousands of flows of thousands of messages. */
export type FlowSummary = Omit<Flow, 'roots'>;

export function summaryOf({ roots: _, ...summary }: Flow): FlowSummary {
  return summary;
}
