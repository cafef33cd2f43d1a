import { copyId } from '../ids.ts';
import { laneOf } from '../lane.ts';
import type { Names } from '../naming.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import { copyHeaders, originHeaders } from './copy.ts';
import type { Delivery } from './delivery.ts';

/** A wait up to this is a `nak` with delay, which keeps its ack slot; a longer one is a schedule, in ms. */
export const SHORT_WAIT_MS = 5_000;

/** No wait is longer, in ms: a year. */
export const LONGEST_WAIT_MS = 366 * 24 * 60 * 60 * 1_000;

/** What a delayed retry carries besides the message. */
export interface Delay {
  readonly app: string;
  readonly step: string;
  /** Attempts made so far. */
  readonly attempt: number;
  readonly at: Date;
  /** Lane of the original, so that the retry keeps its place among the lanes. */
  readonly partitionKey: string;
  readonly lanes: number;
}

/** The copy that the app's own stream hands back to one step at a time to come. */
export function delayedCopy(delivery: Delivery, delay: Delay, names: Names): OutgoingMessage {
  const { app, step, attempt, at } = delay;
  const { info } = delivery;
  const id = copyId(info.stream, info.consumer, info.seq, 'attempt', attempt);
  const target = `${names.redriveSubject(app, step)}.${laneOf(delay.partitionKey, delay.lanes)}`;
  return {
    subject: names.scheduleSubject(app, id),
    messageId: id,
    headers: copyHeaders(delivery, [
      ...originHeaders(delivery),
      ['x-attempt', String(attempt)],
      ['x-first-failed-at', delivery.carried('x-first-failed-at') ?? new Date().toISOString()],
      ['Nats-Schedule', `@at ${at.toISOString()}`],
      ['Nats-Schedule-Target', target],
      ['Nats-Msg-Id', id],
    ]),
    payload: delivery.payload,
  };
}
