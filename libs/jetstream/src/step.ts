import type { ContractClass } from '@troupe/contract';
import type { Effects } from './effects.ts';

/** One of the next messages of a step, or one message of a producer. */
export interface Next<T extends object = object> {
  readonly contract: ContractClass<T>;
  readonly data: T;
  /** Tells several messages of one contract apart, by content: `warehouse-3`, never a position. */
  readonly key?: string;
  /** The same fact as an older major, for consumers that do not take this one yet; that one may have one in turn. */
  readonly also?: Next<T>;
}

/** What a handler may return: nothing, one message, or a cascade. */
export type StepResult<T extends object = object> = void | Next<T> | readonly Next<T>[];

/**
 * Names a next message: `return next(PaymentAuthorized, { … })`. Several of one contract each need a `key`,
 * since ids are derived from it: the same input must give the same keys, in any order. `also` sends the same fact as
 * an older major too: `next(OrderPlacedV2, { … }, { also: next(OrderPlaced, { … }) })`. A step that takes both handles
 * one of them; `emits` lists both.
 */
export function next<T extends object>(
  contract: ContractClass<T>,
  data: NoInfer<T>,
  options?: { key?: string },
): Next<T>;
export function next<T extends object, Older extends object>(
  contract: ContractClass<T>,
  data: NoInfer<T>,
  options: { key?: string; also: Next<Older> },
): Next<T | Older>;
export function next(contract: ContractClass, data: object, options?: Pick<Next, 'key' | 'also'>): Next {
  return options === undefined ? { contract, data } : { contract, data, ...options };
}

/** What a handler is told about the message besides its data. */
export interface StepContext {
  /** CloudEvents `id` of the message. */
  readonly id: string;
  /** CloudEvents `source`. */
  readonly source: string;
  /** CloudEvents `type` as the message came, which may be an older major than the handler gets: `order.placed.v1`. */
  readonly type: string;
  /** CloudEvents `time`, when the message says it. */
  readonly time: string | undefined;
  /** The flow that the message belongs to (`correlationid`). */
  readonly flowId: string;
  /** The same for every delivery of this message to this step: a key for effects outside the broker. */
  readonly idempotencyKey: string;
  /** 1 for the first try of this step on this message. */
  readonly attempt: number;
  /** Aborted when the step's timeout is over or the app stops waiting for it. */
  readonly signal: AbortSignal;
}

/** Does the work of a step on one message; in the `transaction` of its effects, when the step has any. */
export type StepHandler<In extends object = object, Out extends object = object> = (
  data: In,
  context: StepContext,
  transaction?: unknown,
) => StepResult<Out> | Promise<StepResult<Out>>;

/** How failed attempts are repeated before the message is dead-lettered. */
export interface RetryPolicy {
  /** Tries in all, the first included. Default 8, at least 1. */
  readonly attempts?: number;
  /** Upper bound of the first wait in ms; doubles each time (full jitter). Default 200. */
  readonly initialDelayMs?: number;
  /** Upper bound of any wait in ms. Default 30,000. */
  readonly maxDelayMs?: number;
  /**
   * Further calls of the handler at once, in this process, before an attempt counts as failed: for faults that are over
   * in a moment, such as a lost race in a database. All calls of one attempt share its number and the step's timeout.
   * Default 0, at most 100.
   */
  readonly immediate?: number;
}

/** A step: which contracts it consumes and emits, and how. */
export interface StepDefinition {
  /** Unique in its app: `[a-z][a-z0-9-]*`. The durable is `<app>__<step>`. */
  readonly name: string;
  /** Contracts it consumes; a durable consumer for each. */
  readonly on: readonly ContractClass[];
  /** Contracts it may return. */
  readonly emits: readonly ContractClass[];
  /** Where a new consumer begins: with all that the stream holds, or with what comes next. */
  readonly from: 'beginning' | 'now';
  /** Deadline of the step's next event after its input, for the ledger's watchdog: `30s`, `5m`, `2h`, `1d`. */
  readonly within?: string;
  /** Messages handled at once by one instance. Default 64. */
  readonly concurrency?: number;
  /**
   * A handler that takes longer is aborted and retried, in ms; storing what it returned does not count. One that goes
   * on in spite of its signal runs beside the retry, and what it returns is dropped. Default 60,000.
   */
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
  /** Keeps the handler's effects with the note that it handled the message. Default: it has none to keep. */
  readonly effects?: Effects;
  readonly handle: StepHandler;
  /** Where the step is declared, for messages to people: `PaymentsStep.authorize`. */
  readonly declaredAt?: string;
}
