import type { Msg, Subscription } from '@nats-io/nats-core';
import type { Evidence } from '../model/course.ts';
import { keptText } from '../model/text.ts';
import { readAckSubject } from './ack-subject.ts';
import type { Broker } from './broker.ts';

/** An answer to a delivery, as it passed. */
export interface Answer {
  readonly stream: string;
  readonly consumer: string;
  readonly seq: number;
  readonly answer: NonNullable<Evidence['answer']>;
  readonly at: number;
  readonly nextAt: number | undefined;
  /** Reason of a termination. */
  readonly said: string | undefined;
  /** When the stream stored the message, ms since the epoch. */
  readonly storedAt: number;
}

/** Answers that are kept until they are taken. More are dropped, and what they were about is in doubt. */
const KEPT = 100_000;
const NANOS = 1_000_000;
const LONGEST_REASON = 256;

/** Listens to the acknowledgements of streams as they pass: they cost the path nothing but their delivery here. */
export class Tap {
  /** Whether what is heard is kept to be taken; set anew, nothing is kept from before. */
  #isKept = false;
  readonly #subscriptions = new Map<string, Subscription[]>();
  #answers = new Map<string, Answer>();
  #overflowed = false;

  constructor(
    private readonly broker: Broker,
    private readonly heard: (answer: Answer) => void,
  ) {}

  /** Listens to a stream, once; resolves when the broker knows. */
  async listen(stream: string): Promise<void> {
    if (this.#subscriptions.has(stream)) return;
    const { client } = this.broker;
    // With a domain, subjects have its name and the account's hash in front.
    const subjects = [`$JS.ACK.${stream}.>`, `$JS.ACK.*.*.${stream}.>`];
    const callback = (error: Error | null, message: Msg): void => {
      if (error === null) this.#received(message);
    };
    this.#subscriptions.set(
      stream,
      subjects.map((subject) => client.subscribe(subject, { callback })),
    );
    await client.flush();
  }

  keep(isKept: boolean): void {
    this.take();
    this.#isKept = isKept;
  }

  get isEmpty(): boolean {
    return this.#answers.size === 0 && !this.#overflowed;
  }

  /** What was heard since the last time, the last answer for each delivery; and whether some was dropped. */
  take(): { answers: Answer[]; overflowed: boolean } {
    const taken = { answers: [...this.#answers.values()], overflowed: this.#overflowed };
    this.#answers = new Map();
    this.#overflowed = false;
    return taken;
  }

  stop(): void {
    for (const subscription of [...this.#subscriptions.values()].flat()) subscription.unsubscribe();
  }

  #received(message: Msg): void {
    const answer = readAnswer(message.subject, message.data, Date.now());
    if (answer === undefined) return;
    this.heard(answer);
    if (!this.#isKept) return;
    const key = `${answer.stream} ${answer.consumer} ${answer.seq}`;
    const earlier = this.#answers.get(key)?.answer;
    if (earlier === 'ack' || earlier === 'term') return;
    if (earlier === undefined && this.#answers.size >= KEPT) this.#overflowed = true;
    else this.#answers.set(key, answer);
  }
}

export function readAnswer(subject: string, payload: Uint8Array, at: number): Answer | undefined {
  const delivery = readAckSubject(subject);
  if (delivery === undefined) return undefined;
  const { stream, consumer, seq, storedAt } = delivery;
  const text = keptText(utf8.decode(payload.subarray(0, 16 + LONGEST_REASON))).trim();
  const heard = { stream, consumer, seq, at, storedAt };
  const plain = { ...heard, nextAt: undefined, said: undefined };
  if (text === '' || text.startsWith('+ACK') || text.startsWith('+NXT')) return { ...plain, answer: 'ack' };
  if (text.startsWith('+WPI')) return { ...plain, answer: 'working' };
  if (text.startsWith('+TERM'))
    return { ...plain, answer: 'term', said: text.slice(5).trim().slice(0, LONGEST_REASON) || 'terminated' };
  if (!text.startsWith('-NAK')) return undefined;
  const delay = delayOf(text.slice(4));
  return { ...plain, answer: 'nak', nextAt: delay === 0 ? undefined : at + delay };
}

const utf8 = new TextDecoder();

/** `{"delay": 1000000}` in nanoseconds, or a duration as Go writes it, which is taken as no delay. */
function delayOf(text: string): number {
  const [, nanos] = /"delay"\s*:\s*(\d+)/.exec(text) ?? [];
  return nanos === undefined ? 0 : Number(nanos) / NANOS;
}
