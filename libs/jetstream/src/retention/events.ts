import type { JetStreamManager } from '@nats-io/jetstream';
import type { Names } from '../naming.ts';
import { beforeWindow, firstStoredAt } from './age.ts';
import { type ExpectedStep, holdsOn } from './holds.ts';
import type { Pruning } from './prune.ts';
import { firstFrom, orMissing } from './stored.ts';

/** What of EVENTS may be purged: what was stored before a time, in ms since the epoch. */
interface Options {
  readonly before: number;
  readonly steps: readonly ExpectedStep[] | undefined;
  readonly dryRun: boolean;
}

/**
 * Purges from EVENTS all below the lowest message that is younger, or that some durable consumer of the stream has not
 * settled. When an expected step lacks a consumer, or anything is in doubt, nothing is purged. `before` is the time from
 * which on EVENTS has messages, or may have: no copy that is older is about any that is left.
 */
export async function pruneEvents(
  manager: JetStreamManager,
  names: Names,
  { before, steps, dryRun }: Options,
): Promise<Pruning & { readonly before: number }> {
  const stream = names.events;
  // Before the consumers are: what is stored after this is not looked at, and never purged.
  const info = await orMissing(manager.streams.info(stream), stream);
  const { first_seq: first, consumer_count: consumers, messages: stored } = info.state;
  const old = beforeWindow(info, before);
  const young = await firstStoredAt(manager, info, old);
  const holds = await orMissing(holdsOn(manager, names, { first, consumers }, steps), names.notices);
  const heldBy = holds.filter(({ from }) => from < young).sort((a, b) => a.from - b.from);
  const below = Math.max(first, Math.min(young, ...heldBy.map(({ from }) => from)));
  const left = await firstFrom(manager, stream, below);
  const most = Math.min(below - first, stored);
  const messages = dryRun || most === 0 ? most : (await manager.streams.purge(stream, { seq: below })).purged;
  return { stream, messages, heldBy, before: Math.min(old, left?.time.getTime() ?? old) };
}
