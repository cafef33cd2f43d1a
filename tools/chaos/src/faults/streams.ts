import { setTimeout as delay } from 'node:timers/promises';
import { JetStreamApiError, type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { Brokers } from '../brokers.ts';
import { persist } from '../persist.ts';
import { FILLERS } from './messages.ts';

/** Sizes of what a stream is filled with, in bytes: the last ones fill what is left. */
const SIZES = [1024 * 1024, 32 * 1024, 512];
const IN_FLIGHT = 16;
const STREAM_FULL = 10077;

/**
 * Has a stream refuse whatever is published to it for a while: it is filled to its last byte with messages that nobody
 * consumes, which are then removed.
 */
export async function fillStream(
  { manager, client }: Brokers,
  stream: keyof typeof FILLERS,
  lastsMs: number,
): Promise<void> {
  const filler = FILLERS[stream];
  const publisher = jetstream(client);
  for (const size of SIZES) await fillWith(publisher, filler, Buffer.alloc(size));
  await delay(lastsMs);
  await persist(() => manager.streams.purge(stream, { filter: filler }));
}

/** Until one of these is refused. */
async function fillWith(publisher: JetStreamClient, subject: string, payload: Uint8Array): Promise<void> {
  let full = false;
  const fill = async () => {
    while (!full) full = !(await persist(() => stores(publisher, subject, payload)));
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, fill));
}

async function stores(publisher: JetStreamClient, subject: string, payload: Uint8Array): Promise<boolean> {
  try {
    await publisher.publish(subject, payload);
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_FULL) return false;
    throw error;
  }
}
