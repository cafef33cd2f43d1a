import type { Asked } from '@troupe/nest';
import type { Orchestrations } from '../orchestrations.ts';
import type { InstanceSummary } from '../status/instances.ts';
import { type Face, pathOf } from './face.ts';
import { cursorOf, pageOf } from './query.ts';

/** A page of instances, youngest first. */
export interface ListBody {
  readonly instances: readonly (InstanceSummary & { readonly links: { readonly self: string } })[];
  /** Asks for the following page; missing on the last. */
  readonly cursor?: string;
  /** Instances whose records cannot be read; missing when there is none. */
  readonly damaged?: number;
}

/** @throws ProblemException 400 for a query that asks for what cannot be */
export async function listBody(face: Face, orchestrations: Orchestrations, asked: Asked): Promise<ListBody> {
  const { filter, limit, after } = pageOf(asked);
  const { instances, next, damaged } = await orchestrations.list(face.name, filter, limit, after);
  return {
    instances: instances.map((summary) => ({ ...summary, links: { self: pathOf(face, summary.id) } })),
    ...(next !== undefined && { cursor: cursorOf(next) }),
    ...(damaged > 0 && { damaged }),
  };
}
