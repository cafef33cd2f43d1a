import type { JsMsg } from '@nats-io/jetstream';
import { decodeMessage } from '@troupe/contract';
import type { Brokers } from '../brokers.ts';
import { EVENTS, MARK } from '../faults/messages.ts';
import { readStream } from './stored.ts';

/** An event of the stream, as far as the verdict needs it. */
export interface StoredEvent {
  readonly seq: number;
  /** When it was stored, milliseconds since 1970. */
  readonly at: number;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly orderId: string;
  /** Of an event about a parcel. */
  readonly parcelId: string | undefined;
  /** Put there by the run. */
  readonly mark: 'copy' | 'broken' | undefined;
}

export function readEvents(brokers: Brokers): Promise<StoredEvent[]> {
  return readStream(brokers, EVENTS, eventOf);
}

function eventOf(message: JsMsg): StoredEvent {
  const { event, data } = decodeMessage(message.headers, message.data);
  const { id, source, type } = event;
  const { orderId, parcelId } = data as { orderId?: unknown; parcelId?: unknown };
  const mark = message.headers?.get(MARK);
  return {
    seq: message.seq,
    at: message.info.timestampNanos / 1e6,
    id,
    source,
    type,
    orderId: String(orderId),
    parcelId: typeof parcelId === 'string' ? parcelId : undefined,
    mark: mark === 'copy' || mark === 'broken' ? mark : undefined,
  };
}
