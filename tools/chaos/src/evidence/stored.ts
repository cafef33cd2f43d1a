import { DeliverPolicy, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { Brokers } from '../brokers.ts';
import { FILLERS } from '../faults/messages.ts';
import { persist } from '../persist.ts';

const fillers: ReadonlySet<string> = new Set(Object.values(FILLERS));

/** Reads everything that a stream holds, in its order, but for what it was filled with. */
export async function readStream<T>(
  { manager, client }: Brokers,
  stream: string,
  read: (message: JsMsg) => T,
): Promise<T[]> {
  const { state } = await persist(() => manager.streams.info(stream));
  const items: T[] = [];
  if (state.messages === 0) return items;
  const consumer = await jetstream(client).consumers.get(stream, { deliver_policy: DeliverPolicy.All });
  const messages = await consumer.consume();
  for await (const message of messages) {
    if (!fillers.has(message.subject)) items.push(read(message));
    if (message.info.pending === 0) break;
  }
  return items;
}
