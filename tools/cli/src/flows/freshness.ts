import type { Freshness } from '@troupe/ledger';
import { plain } from '../table.ts';
import { shownSpan } from '../times.ts';

/** How far behind an answer is, and why. JSON has no infinity: null stands for it. */
export function behind({
  behindMs,
  problem,
}: Pick<Freshness, 'behindMs'> & { problem?: string | undefined }): string {
  const by =
    (behindMs as number | null) === null ? 'The ledger is still reading.' : `${shownSpan(behindMs)} behind.`;
  return problem === undefined ? by : `${by} ${plain(problem)}`;
}
