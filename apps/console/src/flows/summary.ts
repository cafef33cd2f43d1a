import type { Flow } from '@troupe/ledger';

/**
 * A flow without its messages and hand-offs. A list of whole flows would grow with both: thousands of flows of thousands
 * of messages.
 */
export type FlowSummary = Omit<Flow, 'roots' | 'handOffs'>;

export function summaryOf({ roots: _, handOffs: __, ...summary }: Flow): FlowSummary {
  return summary;
}
