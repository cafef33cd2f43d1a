import { DeliverPolicy, type JsMsg } from '@nats-io/jetstream';
import { BrokerUnavailableError } from '../errors.ts';
import type { Broker } from './broker.ts';

/** One message of a stream. */
export interface Stored {
  readonly seq: number;
  readonly subject: string;
  /** When the stream stored it. */
  readonly time: Date;
  /** Names as written, and their values. */
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[];
  /** Bytes of the payload. */
  readonly size: number;
  /** Empty when only headers were asked for. */
  readonly payload: Uint8Array;
}

/** Which messages of a stream, oldest first. */
export interface Range {
  /** A subject, wildcards allowed. */
  readonly subject: string;
  /** Only those after this sequence. Default 0. */
  readonly after?: number;
  /** Only those stored then or later; outranks `after`. */
  readonly since?: Date | undefined;
  /** Default false. */
  readonly headersOnly?: boolean;
}

const PAGE = 256;
const EXPIRES_MS = 2_000;
const EMPTY_PAGES = 5;

/**
 * Reads what a stream holds now, in pages of 256 messages at most: memory is bounded by a page, however large the
 * stream is. What is stored meanwhile may be left out.
 */
export async function* pagesOf(broker: Broker, stream: string, range: Range): AsyncGenerator<Stored[]> {
  const { subject, since, after = 0, headersOnly = false } = range;
  const consumer = await broker.jetstream.consumers.get(stream, {
    filter_subjects: subject,
    headers_only: headersOnly,
    ...(since === undefined
      ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 }
      : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() }),
  });
  try {
    let pending = (await consumer.info(true)).num_pending;
    for (let empty = 0; pending > 0; ) {
      const page: JsMsg[] = [];
      const batch = await consumer.fetch({ max_messages: Math.min(PAGE, pending), expires: EXPIRES_MS });
      for await (const message of batch) page.push(message);
      const last = page.at(-1);
      if (last === undefined) {
        if (++empty === EMPTY_PAGES)
          throw new BrokerUnavailableError(`The stream ${stream} does not deliver what it holds.`);
        pending = (await consumer.info()).num_pending;
        continue;
      }
      empty = 0;
      pending = last.info.pending;
      yield page.map(readDelivered);
    }
  } finally {
    await consumer.delete().catch(() => {}); // it ends by itself too
  }
}

/** One message by its sequence; undefined when the stream has none there. */
export async function storedAt(broker: Broker, stream: string, seq: number): Promise<Stored | undefined> {
  const found = await broker.manager.direct.getMessage(stream, { seq });
  if (found === null) return undefined;
  const headers = [...found.header].filter(([name]) => !ANSWER.test(name));
  return {
    seq: found.seq,
    subject: found.subject,
    time: found.time,
    headers,
    size: found.data.length,
    payload: found.data,
  };
}

/** The first value of a header, whatever its case. */
export function headerOf({ headers }: Pick<Stored, 'headers'>, name: string): string | undefined {
  const lower = name.toLowerCase();
  return headers.find(([each]) => each.toLowerCase() === lower)?.[1][0];
}

/** Whether a stream holds something on a subject after a sequence: one question, where reading it costs a consumer. */
export async function hasMore(
  broker: Broker,
  stream: string,
  subject: string,
  after: number,
): Promise<boolean> {
  const next = await broker.manager.direct.getMessage(stream, { seq: after + 1, next_by_subj: subject });
  return next !== null;
}

/** What the broker adds to its answer. */
const ANSWER = /^nats-(stream|subject|sequence|time-stamp|num-pending|last-sequence)$/i;

/** What it says instead of the payload when only headers were asked for. */
const SIZE = 'Nats-Msg-Size';

function readDelivered(message: JsMsg): Stored {
  const headers = [...(message.headers ?? [])];
  const size = message.headers?.get(SIZE);
  return {
    seq: message.seq,
    subject: message.subject,
    time: message.time,
    headers: headers.filter(([name]) => name !== SIZE),
    size: size ? Number(size) : message.data.length,
    payload: message.data,
  };
}
