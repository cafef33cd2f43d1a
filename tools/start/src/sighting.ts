import type { JsMsg } from '@nats-io/jetstream';
import { type CloudEvent, decodeMessage } from '@troupe/contract';

/** Something seen in the broker that belongs to a flow, or to none when its flow cannot be read. */
export interface Sighting {
  readonly kind: 'event' | 'dead letter' | 'notice';
  readonly flowId: string | undefined;
  /** CloudEvents type: `order.placed.v1`. */
  readonly type: string;
  /** The app or step concerned, as `payments/authorize`: who emitted an event, who failed on a dead letter. */
  readonly where: string;
  /** When the broker stored it, milliseconds since 1970 with fractions. */
  readonly at: number;
  /** What went wrong; empty for an event. */
  readonly detail: string;
}

/** Reads an event; one that is no CloudEvent is shown by its subject. */
export function sightEvent(message: JsMsg): Sighting {
  const event = eventOf(message);
  return {
    kind: 'event',
    flowId: event?.correlationid,
    type: event?.type ?? message.subject,
    where: event === undefined ? 'unknown' : event.source.replace(/^\//, ''),
    at: storedAt(message),
    detail: event === undefined ? 'no CloudEvent' : '',
  };
}

/** Reads a dead letter: the original, and why it was set aside. */
export function sightDeadLetter(message: JsMsg): Sighting {
  const event = eventOf(message);
  const header = (name: string) => readText(message.headers?.get(name) ?? '');
  return {
    kind: 'dead letter',
    flowId: event?.correlationid,
    type: event?.type ?? header('x-original-subject'),
    where: `${header('x-dlq-app')}/${header('x-dlq-step')}`,
    at: storedAt(message),
    detail: `${header('x-dead-letter-reason')}: ${header('x-dlq-error-message')}`,
  };
}

/** Reads a notice. */
export function sightNotice(message: JsMsg): Sighting {
  const notice = readNotice(message);
  return {
    kind: 'notice',
    flowId: notice.event?.flowId,
    type: notice.event?.type ?? message.subject,
    where: `${notice.app ?? 'unknown'}/${notice.step ?? 'unknown'}`,
    at: storedAt(message),
    detail: [
      notice.attempt === undefined ? '' : `attempt ${notice.attempt}`,
      notice.reason ?? '',
      notice.message ?? message.string(),
    ]
      .filter((part) => part !== '')
      .join(', '),
  };
}

function eventOf(message: JsMsg): CloudEvent | undefined {
  try {
    return decodeMessage(message.headers, message.data).event;
  } catch {
    return undefined;
  }
}

function storedAt(message: JsMsg): number {
  return message.info.timestampNanos / 1e6;
}

/** What is read of a notice's body; others may publish there too, so nothing is taken for granted. */
interface NoticeBody {
  readonly app?: string;
  readonly step?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly attempt?: number;
  readonly event?: { readonly type?: string; readonly flowId?: string };
}

function readNotice(message: JsMsg): NoticeBody {
  try {
    const body: unknown = message.json();
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function readText(header: string): string {
  try {
    return decodeURI(header);
  } catch {
    return header;
  }
}
