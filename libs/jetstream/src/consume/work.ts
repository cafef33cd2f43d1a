import type { AcceptedContract, CloudEvent } from '@troupe/contract';
import { idempotencyKey } from '../ids.ts';
import type { ProcessObservation } from '../instrumentation.ts';
import type { StepContext } from '../step.ts';
import type { ConsumerDeclaration } from '../topology/consumers.ts';
import type { Delivery } from './delivery.ts';
import type { Majors } from './majors.ts';

/** What may come from a durable. */
export interface Content {
  /** By contract id. */
  readonly accepted: ReadonlyMap<string, AcceptedContract>;
  /** Tells whether a message is left to another of the step's durables; undefined where it was sent to the step alone. */
  readonly majors: Majors | undefined;
}

/** Where a message came from, and what may come from there. */
export interface Origin {
  readonly consumer: ConsumerDeclaration;
  readonly content: Content;
  /** The message's turn came. */
  started(): void;
  /** The step is through with it. */
  forget(work: Work): void;
}

/**
 * Where a message is between delivery and answer. What a handler does once it is `settled` (its time was over, the
 * app stopped) is ignored.
 */
export type WorkState = 'waiting' | 'handling' | 'publishing' | 'settled';

/** One message in the hands of a step, from delivery to settlement; after decoding also the handler's context. */
export class Work implements StepContext {
  state: WorkState = 'waiting';
  /** When its turn came (`performance.now()`). */
  startedAt = 0;
  attempt = 1;
  /** Immediate tries of this attempt so far. */
  immediate = 0;
  observation: ProcessObservation | undefined;
  #event: CloudEvent | undefined;
  #abort: AbortController | undefined;
  #aborted: ((reason: Error) => void) | undefined;

  constructor(
    readonly delivery: Delivery,
    /** Durable name of the step. */
    readonly step: string,
    /** Names the message among all that the step holds: stream sequence and consumer. */
    readonly key: string,
    readonly origin: Origin,
  ) {}

  /** It was handed to the handler's code, or to what decodes it. */
  get begun(): boolean {
    return this.startedAt > 0;
  }

  get event(): CloudEvent {
    if (this.#event === undefined) throw new Error('The message is not decoded yet.');
    return this.#event;
  }

  /** Undefined for a message that could not be decoded. */
  get eventIfKnown(): CloudEvent | undefined {
    return this.#event;
  }

  set event(event: CloudEvent) {
    this.#event = event;
  }

  get id(): string {
    return this.event.id;
  }

  get source(): string {
    return this.event.source;
  }

  get type(): string {
    return this.event.type;
  }

  get time(): string | undefined {
    return this.event.time;
  }

  /** A foreign message without a flow is a flow of its own. */
  get flowId(): string {
    return this.event.correlationid ?? this.event.id;
  }

  get parentFlowId(): string | undefined {
    return this.event.parentflowid;
  }

  get causationId(): string | undefined {
    return this.event.causationid;
  }

  get traceparent(): string | undefined {
    return this.event.traceparent;
  }

  get tracestate(): string | undefined {
    return this.event.tracestate;
  }

  get idempotencyKey(): string {
    return idempotencyKey(this.event.source, this.event.id, this.step);
  }

  /** Made when first asked for: most handlers never do. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.state === 'settled' && !this.#abort.signal.aborted) this.#abort.abort();
    return this.#abort.signal;
  }

  /** Tells the handler to stop. */
  abort(reason: Error): void {
    this.#aborted?.(reason);
    this.#abort?.abort(reason);
  }

  /**
   * Calls back when the handler is told to stop: the last one that asked, and without the cost of a signal.
   * @throws when the step is through with the message
   */
  onAbort(callback: (reason: Error) => void): void {
    if (this.state === 'settled') throw new Error('The step is through with the message.');
    this.#aborted = callback;
  }
}
