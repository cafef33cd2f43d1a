import type { HandOffSpec } from '../definition/command-spec.ts';
import type { MasterStatus } from '../status/master-status.ts';
import { type Found, taken } from './taken-end.ts';

const OVER_WITHOUT: readonly unknown[] = ['failed', 'cancelled', 'compensated'];

/**
 * How a remote orchestration of this library ended, by its master status. Sensitive values are hidden there, so an end
 * whose contract has any is not taken from it: the ledger has it whole, and the event comes itself.
 */
export function endIn(body: unknown, spec: HandOffSpec, lacks: string[]): Found | 'failed' | undefined {
  const { status, result } = (body ?? {}) as Partial<MasterStatus>;
  const accepted = spec.ends.get(result?.contract ?? '');
  if (result === undefined || accepted === undefined)
    return OVER_WITHOUT.includes(status) ? 'failed' : undefined;
  if (accepted.contract.mask.paths.length === 0)
    return taken(spec, result.contract, result.data as object | undefined, lacks);
  lacks.push(`the remote side ended with ${result.contract}, and hides some of it`);
  return undefined;
}
