import { setTimeout as delay } from 'node:timers/promises';
import type { Brokers } from '../brokers.ts';
import { persist } from '../persist.ts';

/** Has a stream refuse whatever is published to it, for a while: its size becomes what it holds. */
export async function fillStream({ manager }: Brokers, stream: string, lastsMs: number): Promise<void> {
  const { config, state } = await persist(() => manager.streams.info(stream));
  const { max_bytes } = config;
  await persist(() => manager.streams.update(stream, { max_bytes: Math.max(state.bytes, 1) }));
  await delay(lastsMs);
  await persist(() => manager.streams.update(stream, { max_bytes }));
}
