import { type JsMsg, jetstream } from '@nats-io/jetstream';
import { type CloudEvent, decodeMessage, type Violation } from '@troupe/contract';
import type { DeadLetterReason, Runtime } from '@troupe/jetstream';

/** A message of EVENTS. */
export interface StoredEvent {
  /** Contract id: `order.placed.v1`. */
  readonly type: string;
  readonly flowId: string;
  readonly data: unknown;
  /** All that the message says of itself. */
  readonly event: CloudEvent;
  readonly subject: string;
  /** Sequence in the stream. */
  readonly seq: number;
}

/** A message of DEAD_LETTERS. */
export interface DeadLetter {
  readonly reason: DeadLetterReason;
  /** Name of the step that set it aside. */
  readonly step: string;
  /** What the error said. */
  readonly error: string;
  /** The failing paths of a message that broke its contract. */
  readonly violations: readonly Violation[];
  readonly subject: string;
  /** The first value of each header, by lower-case name, as on the wire. */
  readonly headers: Readonly<Record<string, string>>;
  /** The original bytes. */
  readonly payload: Uint8Array;
}

/** All that can be read of EVENTS, in order; what is no CloudEvent is left out. */
export async function readEvents(runtime: Runtime): Promise<StoredEvent[]> {
  const messages = await readStream(runtime, runtime.names.events);
  return messages.flatMap(({ headers, data: payload, subject, seq }) => {
    try {
      const { event, data } = decodeMessage(headers, payload);
      return [{ type: event.type, flowId: event.correlationid ?? event.id, data, event, subject, seq }];
    } catch {
      return [];
    }
  });
}

export async function readDeadLetters(runtime: Runtime): Promise<DeadLetter[]> {
  const messages = await readStream(runtime, runtime.names.deadLetters);
  return messages.map(({ subject, headers: block, data: payload }) => {
    const headers: Record<string, string> = {};
    for (const [name, values] of block ?? []) headers[name.toLowerCase()] = values[0] ?? '';
    const text = (name: string): string => decodeURI(headers[name] ?? '');
    const violations = text('x-dlq-violations');
    return {
      reason: text('x-dead-letter-reason') as DeadLetterReason,
      step: text('x-dlq-step'),
      error: text('x-dlq-error-message'),
      violations: violations === '' ? [] : (JSON.parse(violations) as { shown: Violation[] }).shown,
      subject,
      headers,
      payload,
    };
  });
}

/** From its first message to the one that is last now. */
async function readStream(runtime: Runtime, stream: string): Promise<JsMsg[]> {
  const js = jetstream(runtime.connection.client);
  const { state } = await (await js.jetstreamManager()).streams.info(stream);
  if (state.messages === 0) return [];
  const consumer = await js.consumers.get(stream);
  const found: JsMsg[] = [];
  for await (const message of await consumer.fetch({ max_messages: state.messages, expires: 5_000 })) {
    found.push(message);
    if (message.seq >= state.last_seq) break;
  }
  await consumer.delete();
  return found;
}
