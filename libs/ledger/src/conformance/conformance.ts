import { asking } from './asking.ts';
import type { Behaviour, Open } from './behaviour.ts';
import { keeping } from './keeping.ts';
import { sharing } from './sharing.ts';

/** All that a ledger's store promises of its database, to be held against each adapter. */
export function storeConformance(open: Open): Behaviour[] {
  return [...keeping(open), ...asking(open), ...sharing(open)];
}
