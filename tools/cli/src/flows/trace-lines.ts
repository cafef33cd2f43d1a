import type { Flow } from '@troupe/ledger';
import { plain } from '../table.ts';

/** A flow as the console has it: with addresses of its traces when the console knows the tracing tool. */
export interface LinkedFlow extends Flow {
  readonly links: { readonly traces: readonly string[] };
}

/** Where the traces of a flow are to be seen, a line each; without an address, which they are. */
export function traceLines({ traces, links }: Pick<LinkedFlow, 'traces' | 'links'>): string[] {
  const shown = links.traces.length > 0 ? links.traces : traces;
  return shown.map((trace) => plain(`trace ${trace}`));
}
