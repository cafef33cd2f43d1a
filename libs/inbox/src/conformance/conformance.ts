import type { Behaviour, Open } from './behaviour.ts';
import { handling } from './handling.ts';
import { keeping } from './keeping.ts';
import { relaying } from './relaying.ts';

/**
 * All that an inbox promises of its database, to be held against each adapter. `open` gives a database that may hold
 * what earlier checks left; it may answer each call with the same one.
 */
export function inboxConformance(open: Open): Behaviour[] {
  return [...handling(open), ...relaying(open), ...keeping(open)];
}
