import { type Asked, ProblemException } from '@troupe/nest';
import type { Orchestrations } from '../orchestrations.ts';
import type { BranchStatus } from '../status/master-status.ts';
import { branchStatus, shownName } from '../status/status.ts';
import type { Face } from './face.ts';
import { branchesOf } from './query.ts';

/** Some branches of a fan-out, in the order of their indices. */
export interface BranchesBody {
  readonly branches: readonly BranchStatus[];
  /** Index after which there are more; missing on the last page. */
  readonly after?: number;
}

/** Which branches. */
export interface BranchesRequest {
  readonly id: string;
  readonly fanOut: string;
  readonly asked: Asked;
}

/**
 * @throws ProblemException 400 for a query that asks for what cannot be, 404 for a fan-out that was not dispatched
 * @throws InstanceNotFoundError
 */
export async function branchesBody(
  face: Face,
  orchestrations: Orchestrations,
  { id, fanOut, asked }: BranchesRequest,
): Promise<BranchesBody> {
  const { after, limit } = branchesOf(asked);
  const { record } = await orchestrations.find(face.name, id);
  const state = record.fanOuts.find((one) => shownName(record, one) === fanOut);
  if (state === undefined)
    throw new ProblemException(404, `${face.name} "${id}" has not dispatched a fan-out "${fanOut}".`);
  const all = (await orchestrations.records.branches(record)).get(state.id) ?? [];
  const behind = all.filter(({ index }) => index > after);
  const page = behind.slice(0, limit);
  const last = page.at(-1);
  return {
    branches: page.map((branch) => branchStatus(branch, (contract) => face.contracts.get(contract)?.mask)),
    ...(last !== undefined && behind.length > limit && { after: last.index }),
  };
}
