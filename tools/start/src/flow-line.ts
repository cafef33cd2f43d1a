import { styleText } from 'node:util';
import type { Flow } from './flows.ts';
import type { Sighting } from './sighting.ts';

const FLOW_COLOURS = ['cyan', 'yellow', 'magenta', 'green', 'blue', 'white'] as const;
const ALARM = { event: 'none', 'dead letter': 'red', notice: 'yellow' } as const;

/**
 * One line about a sighting: flow, what it is, who did it, and the time since the previous one of that flow.
 * In colours, one per flow, when stdout is a terminal.
 */
export function flowLine(
  sighting: Sighting,
  seen: { readonly flow: Flow; readonly sincePrevious: number | undefined } | undefined,
): string {
  const { kind, type, where, detail } = sighting;
  const name = `flow ${shortId(seen?.flow.id ?? 'unknown')}`.padEnd(13);
  const flow = seen === undefined ? name : paint(flowColour(seen.flow), name);
  if (kind === 'event') {
    const rest = [type.padEnd(22), where.padEnd(24), sinceText(seen?.sincePrevious), detail];
    return `  ${flow}  ${rest.join('  ').trimEnd()}`;
  }
  return `  ${flow}  ${paint(ALARM[kind], `${kind} ${type} at ${where}: ${detail}`)}`;
}

/** Ids begin alike or are random throughout; their ends tell them apart. Of a hand-off's flow: `7b1e41fb/carrier/1`. */
export function shortId(id: string): string {
  const [own = '', ...handOffs] = id.split('/');
  return [own.slice(-8), ...handOffs].join('/');
}

/** The colour that a flow has in every line about it. */
export function flowColour(flow: Flow): (typeof FLOW_COLOURS)[number] {
  return FLOW_COLOURS[flow.number % FLOW_COLOURS.length] ?? 'white';
}

/** Text in a colour when stdout is a terminal that has some, else as it is. */
export function paint(colour: Parameters<typeof styleText>[0], text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}

/** A duration for people: `4.2 ms`, `1.3 s`. */
export function milliseconds(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function sinceText(ms: number | undefined): string {
  if (ms === undefined) return 'start';
  // The streams have no common clock tick: a later sighting may have been stored a moment earlier.
  return `+${milliseconds(Math.max(0, ms))}`;
}
