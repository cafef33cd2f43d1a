import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../statistics.ts';

/** From sending to hearing that it is done, in ms. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** The first ones that a measurement sends are not counted: what came before has to settle. */
export const WARM_UP = 100;

/**
 * Sends something for each id, evenly, and counts all but the first 100. `listen` is told what to call with each id that is done, and gives what ends it.
 */
export async function latencyOf(
  ids: readonly string[],
  perSecond: number,
  send: (id: string) => Promise<void>,
  listen: (done: (id: string) => void) => Promise<() => void>,
): Promise<Latency> {
  const sentAt = new Map<string, number>();
  const took: number[] = [];
  let ended = 0;
  let over: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    over = resolve;
  });
  const end = await listen((id) => {
    const at = sentAt.get(id);
    if (at !== undefined) took.push(performance.now() - at);
    if (++ended === ids.length) over();
  });
  const began = performance.now();
  const sending: Promise<void>[] = [];
  for (const [sent, id] of ids.entries()) {
    const due = began + (sent * 1000) / perSecond;
    await delay(Math.max(0, due - performance.now()));
    if (sent >= WARM_UP) sentAt.set(id, performance.now());
    sending.push(send(id));
  }
  await Promise.all(sending);
  await all;
  end();
  took.sort((a, b) => a - b);
  return { p50: percentile(took, 50), p99: percentile(took, 99) };
}
