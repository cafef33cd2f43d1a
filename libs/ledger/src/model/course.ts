import type { Settlement } from './settlement.ts';

/** What the broker says of a consumer, as of a moment before which everything is indexed. */
export interface Durable {
  /** The ledger's number for it. */
  readonly n: number;
  readonly stream: string;
  readonly name: string;
  /** `<app>__<step>` */
  readonly step: string;
  readonly app: string;
  /** What it delivers, without the lane: `evt.order.placed.v1`. */
  readonly subject: string;
  /** When the broker made it, as it says: made anew, it begins anew. */
  readonly created: string;
  /** The first sequence that it delivers, and the time of the first message: it may have begun with what came next. */
  readonly first: number;
  readonly since: number;
  /** Everything up to here was handed out. */
  readonly delivered: number;
  /** Everything up to here is answered. */
  readonly floor: number;
  /** How many messages wait behind `delivered`, and how many are handed out and unanswered. */
  readonly pending: number;
  readonly unanswered: number;
  /** Answers to what was handed out up to here may have been missed before `doubtedAt`. */
  readonly doubt: number;
  readonly doubtedAt: number;
  /** It gives nothing up by itself (`max_deliver: -1`), so that its floor proves an answer. */
  readonly floorProves: boolean;
  /** The broker no longer has it. */
  readonly gone: boolean;
}

/** The last answer that was heard of one delivery, and what notices said of it. */
export interface Evidence {
  readonly answer: 'ack' | 'nak' | 'term' | 'working' | undefined;
  /** When it was heard, ms since the epoch. */
  readonly at: number;
  readonly attempt: number | undefined;
  readonly nextAt: number | undefined;
  /** The error of a retry, or the reason of a termination. */
  readonly said: string | undefined;
}

/** One message that carries the work to the step: the original, a delayed retry, a redrive. */
export interface Carrier {
  readonly seq: number;
  readonly at: number;
  /** When a schedule hands it back; undefined for what is delivered as it is. */
  readonly due: number | undefined;
  /** Attempts made before, as a delayed retry says. */
  readonly attempt: number | undefined;
  /** The dead letter that it was sent again for. */
  readonly letter: number | undefined;
  /** Id of the edited message that it is; it takes the place of the original. */
  readonly editedId: string | undefined;
  /** The consumer that delivers it; undefined when the broker has none. */
  readonly durable: Durable | undefined;
  readonly evidence: Evidence | undefined;
}

export interface DeadLetterEntry {
  /** Undefined as long as the broker alone says that a consumer gave the message up: a sweep makes a letter of it. */
  readonly letter: number | undefined;
  /** The same for the same failure, however often its letter was written: a redrive of one answers all. */
  readonly failure: string;
  readonly reason: string;
  readonly error: string | undefined;
  readonly at: number;
}

/** Everything known of one message and one step. */
export interface Course {
  /** The original first, then what the app's own stream holds of it, by sequence. */
  readonly carriers: readonly Carrier[];
  readonly letters: readonly DeadLetterEntry[];
  /** Dead letters are known from then on; of what is older, a floor proves nothing. */
  readonly lettersSince: number;
}

/** How far a message waits in its queue, and how long that takes. */
export type Queue = (carrier: Carrier) => { position: number | undefined; expectedMs: number | undefined };

/**
 * Where a message stands with a step. An open letter outranks everything; then the last carrier that is not settled
 * decides; only when all are, it is done.
 */
export function settlementOf({ carriers, letters, lettersSince }: Course, queue: Queue): Settlement {
  const sent = new Set(carriers.map(({ letter }) => letter));
  const answered = letters.filter(({ letter }) => letter !== undefined && sent.has(letter));
  const redriven = new Set(answered.map(({ failure }) => failure));
  const unanswered = letters.filter(({ failure }) => !redriven.has(failure));
  const open = unanswered.findLast(({ letter }) => letter !== undefined) ?? unanswered.at(-1);
  if (open !== undefined) {
    const { letter, reason, error, at } = open;
    return { state: 'dead-lettered', reason, letter, at, error };
  }
  const own = carriers.filter(({ editedId }) => editedId === undefined);
  for (const [i, carrier] of [...own.entries()].reverse()) {
    const state = stateOf(carrier, own.slice(i + 1), letters, lettersSince, queue);
    if (state !== 'settled' && state.state === 'retrying' && state.error === undefined)
      return { ...state, error: own[i - 1]?.evidence?.said };
    if (state !== 'settled') return state;
  }
  const edited = carriers.findLast(({ editedId }) => editedId !== undefined);
  if (edited?.letter !== undefined)
    return { state: 'redriven', letter: edited.letter, at: edited.at, as: edited.editedId };
  const last = own.at(-1)?.evidence;
  return { state: 'done', at: last?.answer === 'ack' ? last.at : undefined };
}

/** Attempts that failed and were to be made again; of several sendings those of one, since a redrive counts anew. */
export function retriesOf({ carriers }: Course): number {
  return Math.max(
    0,
    ...carriers.map(({ attempt, evidence }) => Math.max(attempt ?? 0, evidence?.attempt ?? 0)),
  );
}

function stateOf(
  carrier: Carrier,
  later: readonly Carrier[],
  letters: readonly DeadLetterEntry[],
  lettersSince: number,
  queue: Queue,
): Settlement | 'settled' {
  const { seq, due, attempt, durable, evidence } = carrier;
  if (due !== undefined) {
    const hasFired = later.some((other) => other.due === undefined && other.attempt === attempt);
    return hasFired ? 'settled' : { state: 'retrying', attempt, nextAt: due, error: undefined };
  }
  if (evidence?.answer === 'ack') return 'settled';
  if (evidence?.answer === 'term') {
    if (letters.length > 0) return 'settled';
    const { said = 'terminated', at } = evidence;
    return { state: 'dead-lettered', reason: said, letter: undefined, at, error: undefined };
  }
  if (durable === undefined)
    return { state: 'waiting', position: undefined, expectedMs: undefined, noConsumer: true };
  if (seq <= durable.floor) {
    if (!durable.floorProves) return { state: 'unknown', why: `${durable.name} gives messages up by itself` };
    if (carrier.at < lettersSince) return { state: 'unknown', why: 'its dead letter may have been purged' };
    return 'settled';
  }
  const isDoubtful = seq <= durable.doubt && (evidence === undefined || evidence.at < durable.doubtedAt);
  if (isDoubtful) return { state: 'unknown', why: 'its answer may have been missed' };
  return unansweredStateOf(carrier, durable, queue);
}

function unansweredStateOf(carrier: Carrier, durable: Durable, queue: Queue): Settlement {
  const { seq, evidence, letter, at } = carrier;
  if (evidence?.nextAt !== undefined && evidence.answer !== 'working') {
    const { attempt, nextAt, said } = evidence;
    return { state: 'retrying', attempt: attempt ?? carrier.attempt, nextAt, error: said };
  }
  if (letter !== undefined) return { state: 'redriven', letter, at, as: undefined };
  if (evidence?.answer === 'nak')
    return { state: 'waiting', position: undefined, expectedMs: undefined, noConsumer: false };
  if (evidence?.answer === 'working') return { state: 'in-flight', since: evidence.at };
  if (seq > durable.delivered) return { state: 'waiting', ...queue(carrier), noConsumer: false };
  return { state: 'in-flight', since: undefined };
}
