import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { millis } from '@nats-io/nats-core';
import { firstFrom } from './stored.ts';

/** The same time, or an earlier one: what is within the stream's duplicate window still keeps its copies out. */
export function beforeWindow({ config }: Pick<StreamInfo, 'config'>, time: number): number {
  return Math.min(time, Date.now() - millis(config.duplicate_window));
}

/**
 * A sequence below which all was stored before `time` (ms since the epoch), and from which on nothing was. It costs
 * some 20 questions.
 */
export async function firstStoredAt(
  manager: JetStreamManager,
  { config, state }: Pick<StreamInfo, 'config' | 'state'>,
  time: number,
): Promise<number> {
  let [low, high] = [state.first_seq, state.last_seq + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await firstFrom(manager, config.name, middle);
    if (found === undefined || found.seq >= high || found.time.getTime() >= time) high = middle;
    else low = found.seq + 1;
  }
  return low;
}
