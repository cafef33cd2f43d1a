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
  const starts = [0]; // of its tokens: to split it takes twice as long
  for (let dot = subject.indexOf('.'); dot !== -1; dot = subject.indexOf('.', dot + 1)) starts.push(dot + 1);
  if (starts.length < 9) return undefined;
  const first = starts.length === 9 ? 2 : 4;
  starts.push(subject.length + 1);
  const token = (n: number): string =>
    subject.slice(starts[first + n], (starts[first + n + 1] as number) - 1);
  const seq = Number(token(3));
  if (!Number.isSafeInteger(seq) || seq < 1) return undefined;
  return {
    stream: token(0),
    consumer: token(1),
    seq,
    delivery: Number(token(4)),
    storedAt: Math.floor(Number(token(5)) / NANOS),
    pending: Number(token(6)),
  };
}
