import { v7 } from 'uuid';

/**
 * The id of a flow that nothing else names: a UUID of version 7 (RFC 9562). It grows with time, so that whatever keeps
 * flows by their ids, as the ledger does, changes a few pages for those of one time instead of one for each.
 */
export function newFlowId(): string {
  return v7();
}
