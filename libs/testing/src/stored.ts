import { type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type CloudEvent, decodeMessage } from '@troupe/contract';
import type { Runtime } from '@troupe/jetstream';

/** A message of EVENTS. */
export interface StoredEvent {
  /** Contract id: `order.placed.v1`. */
  readonly type: string;
  readonly event: CloudEvent;
  readonly data: unknown;
  readonly subject: string;
  readonly seq: number;
}

/** A message of DEAD_LETTERS. */
export interface DeadLetter {
  /** `contract-invalid`, `terminal-error`, … */
  readonly reason: string;
  readonly subject: string;
  /** The first value of each header, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** All that can be read of EVENTS, in order; what is no CloudEvent is left out. */
export async function readEvents(runtime: Runtime): Promise<StoredEvent[]> {
  const messages = await readStream(runtime, runtime.names.events);
  return messages.flatMap((message) => {
    try {
      const { event, data } = decodeMessage(message.headers, message.data);
      return [{ type: event.type, event, data, subject: message.subject, seq: message.seq }];
    } catch {
      return [];
    }
  });
}

export async function readDeadLetters(runtime: Runtime): Promise<DeadLetter[]> {
  const messages = await readStream(runtime, runtime.names.deadLetters);
  return messages.map(({ subject, headers, data }) => {
    const first: Record<string, string> = {};
    for (const [name, values] of headers ?? []) first[name.toLowerCase()] = values[0] ?? '';
    return { reason: first['x-dead-letter-reason'] ?? '', subject, headers: first, payload: data };
  });
}

async function readStream(runtime: Runtime, stream: string): Promise<JsMsg[]> {
  const { client } = runtime.connection;
  const { state } = await (await jetstreamManager(client)).streams.info(stream);
  if (state.messages === 0) return [];
  const consumer = await jetstream(client).consumers.get(stream);
  const found: JsMsg[] = [];
  const messages = await consumer.fetch({ max_messages: state.messages, expires: 5_000 });
  for await (const message of messages) {
    found.push(message);
    if (message.seq >= state.last_seq) break;
  }
  return found;
}
