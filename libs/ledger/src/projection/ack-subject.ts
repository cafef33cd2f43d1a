/** What the broker says of a delivery, in the subject that the answer to it goes to. */
export interface AckSubject {
  readonly stream: string;
  readonly consumer: string;
  readonly seq: number;
  /** The consumer's number of the delivery: one more than that of the delivery before. */
  readonly delivery: number;
  /** When the stream stored the message, ms since the epoch. */
  readonly storedAt: number;
  /** Messages that the consumer had not delivered by then. */
  readonly pending: number;
}

const NANOS = 1_000_000;

/**
 * `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<seq>.<consumer seq>.<time>.<pending>[.<random>]`;
 * undefined for any other.
 */
export function readAckSubject(subject: string): AckSubject | undefined {
  const tokens = subject.split('.');
  if (tokens.length < 9) return undefined;
  const first = tokens.length === 9 ? 2 : 4;
  const seq = Number(tokens[first + 3]);
  if (!Number.isSafeInteger(seq) || seq < 1) return undefined;
  return {
    stream: tokens[first] ?? '',
    consumer: tokens[first + 1] ?? '',
    seq,
    delivery: Number(tokens[first + 4]),
    storedAt: Math.floor(Number(tokens[first + 5]) / NANOS),
    pending: Number(tokens[first + 6]),
  };
}
