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
  /**
   * When the step gets it, to the millisecond; at once when that is past, within a quarter of a second. Only for
   * contracts that its step names in `direct`. Default: at once.
   */
  readonly at?: Date;
  /**
   * The flow that it belongs to, when that is not the input's: one that it opens, as a child of `parent`, or the one to
   * which the input's is a child. Default: the input's flow, and the parent of that.
   */
  readonly flow?: { readonly id: string; readonly parent?: string | undefined };
  /** When it happened, RFC 3339. Default: now. */
  readonly time?: string;
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
  options?: { key?: string; at?: Date },
): Next<T>;
export function next<T extends object, Older extends object>(
  contract: ContractClass<T>,
  data: NoInfer<T>,
  options: { key?: string; at?: Date; also: Next<Older> },
): Next<T | Older>;
export function next(
  contract: ContractClass,
  data: object,
  options?: Pick<Next, 'key' | 'at' | 'also'>,
): Next {
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
  /** The flow that handed off to this one (`parentflowid`), when there is one. */
  readonly parentFlowId: string | undefined;
  /** Id of the message that caused it (`causationid`), when it says so: an answer names its command. */
  readonly causationId: string | undefined;
  /** The W3C trace that the message carries, when it does. */
  readonly traceparent: string | undefined;
  /** What vendors add to that trace, when the message says it. */
  readonly tracestate: string | undefined;
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

/** What a step hears of a command that it sent and another step set aside. */
export interface CommandLetter {
  /** CloudEvents `id` of the command. */
  readonly commandId: string;
  /** Contract id: `item.pick.v1`. */
  readonly contract: string;
  /** Why it was set aside: `retries-exhausted`, `contract-invalid` … */
  readonly reason: string;
  /** What went wrong, as the letter tells it, 1,024 characters at most. */
  readonly error: string;
  /** The command's flow. */
  readonly flowId: string;
  /** Where the dead letter stands. */
  readonly letter: { readonly stream: string; readonly seq: number };
}

/** What a manifest says of an orchestration. */
export interface OrchestrationManifest {
  /** `fulfilment`; part of the keys of its instances. */
  readonly name: string;
  /** Version of its machine, from 1. */
  readonly version: number;
}

/** A step: which contracts it consumes and emits, and how. */
export interface StepDefinition {
  /** Unique in its app: `[a-z][a-z0-9-]*`. The durable is `<app>__<step>`. */
  readonly name: string;
  /** Contracts it consumes; a durable consumer for each. */
  readonly on: readonly ContractClass[];
  /** Contracts it may return. */
  readonly emits: readonly ContractClass[];
  /**
   * Contracts of messages to this step alone, which no other step can see or consume: it may return them, for now or
   * for a time to come, and `Runtime.direct` sends them. Default: none.
   */
  readonly direct?: readonly ContractClass[];
  /**
   * One of `direct`, which takes a `CommandLetter`. With it the step hears of each command of its own that another step
   * set aside, from when the app first runs. Default: it hears of none.
   */
  readonly lettersOf?: ContractClass<CommandLetter>;
  /** What the step's manifest says of the orchestration that it is. Default: it is none. */
  readonly orchestration?: OrchestrationManifest;
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
