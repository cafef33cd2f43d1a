import type { Stage } from '../consume/stage.spec.support.ts';
import { connectionTo } from '../dead-letters/surgery.spec.support.ts';
import { SMALL_STREAMS, until } from '../fixtures.spec.support.ts';
import type { Names } from '../naming.ts';
import { type PruneOptions, type Pruning, prune } from './prune.ts';

/** Short enough that what was stored is soon old. */
export const STREAMS = { ...SMALL_STREAMS, duplicateWindowMs: 100 };

/** Prunes all, and gives what became of EVENTS, of the shop's own stream, and of the dead letters. */
export async function pruneOn(
  { server, names }: Stage,
  options: Partial<PruneOptions> = {},
): Promise<{ events: Pruning; delayed: Pruning; deadLetters: Pruning }> {
  const prunings = await prune(connectionTo(server), names, { olderThanMs: 1, ...options });
  const of = (stream: string): Pruning => {
    const pruning = prunings.find((each) => each.stream === stream);
    if (pruning === undefined) throw new Error(`nothing is said of ${stream}`);
    return pruning;
  };
  return {
    events: of(names.events),
    deadLetters: of(names.deadLetters),
    get delayed() {
      return of(names.delayed('shop'));
    },
  };
}

/**
 * Waits until all that is stored, and all that was done about letters, is older than the duplicate window: then only what
 * is not dealt with stays.
 */
export async function old({ manager, names }: Stage): Promise<void> {
  const own = [names.events, names.deadLetters, names.delayed('shop'), recordsOf(names)];
  let youngest = 0;
  for await (const { config, state } of manager.streams.list()) {
    if (own.includes(config.name) && state.messages > 0)
      youngest = Math.max(youngest, Date.parse(state.last_ts));
  }
  await until('all is old', () => Date.now() > youngest + 150);
}

/** Where it stands what was done about letters. */
export function recordsOf(names: Names): string {
  return `KV_${names.bucket('ops_dead_letters')}`;
}

/** The sequences that a stream holds, as soon as the broker is there. */
export async function kept(stage: Stage, stream: string): Promise<number[]> {
  const stored = await until('the broker answers', () => stage.stored(stream).catch(() => undefined));
  return stored.map(({ seq }) => seq);
}
