import type { ContractClass, MessageOf } from '@troupe/contract';
import type { ActionFunction, EventObject, MachineContext } from 'xstate';
import type { Join } from '../record.ts';
import { type AnyDispatchOptions, type AnyFanOutOptions, action } from './intent.ts';

/** What a payload is made from. */
export interface ActionGiven<Context, Event> {
  readonly context: Context;
  readonly event: Event;
}

/** What a command is held to. */
export interface CommandOptions {
  /** Contracts of the events that answer it; the first one that comes does. */
  readonly answers: readonly ContractClass[];
  /**
   * Deadline of the answer: `30s`, `5m`, `2h`, `1d`. From then on the command is resubmitted with its own id, and at
   * last given up. Default: none, an answer is waited for as long as it takes.
   */
  readonly within?: string;
  /** Resubmissions before it is given up. Default 3, from 0 to 100. */
  readonly resubmit?: number;
}

/** The command that undoes another one, and is decided when that one is answered. */
export interface UndoOptions<Context, Undo extends ContractClass, Answer> extends CommandOptions {
  readonly command: Undo;
  /** What undoes it; undefined when this answer leaves nothing to be undone. */
  readonly data: (given: {
    readonly answer: Answer;
    /** Contract id of the answer: `item.missing.v1`. */
    readonly contract: string;
    readonly context: Context;
  }) => MessageOf<Undo> | undefined;
}

/** What `dispatch` takes. */
export interface DispatchOptions<
  Context,
  Answers extends readonly ContractClass[],
  Undo extends ContractClass,
> extends CommandOptions {
  readonly answers: Answers;
  /**
   * Tells commands of one contract apart that are open at the same time. Default: the command's type. Dispatched again
   * while it is open, the earlier one is dropped.
   */
  readonly name?: string;
  /** How it is undone, should the orchestration be compensated or cancelled. Default: it is not. */
  readonly undo?: UndoOptions<Context, Undo, MessageOf<Answers[number]>>;
}

/** What `fanOut` takes. */
export interface FanOutOptions<
  Context,
  Command extends ContractClass,
  Answers extends readonly ContractClass[],
  Undo extends ContractClass,
> extends Omit<DispatchOptions<Context, Answers, Undo>, 'name'> {
  readonly command: Command;
  /**
   * When it joins: `all` when every branch is over, `any` with the first answer, `{ quorum: n }` with the n-th; earlier
   * when so many cannot be had any more. A branch that failed is over. Later answers change nothing.
   */
  readonly join: Join;
}

/** One branch of a fan-out. */
export interface Branch<Data extends object> {
  /** Unique in the fan-out, by content: `line-3`. */
  readonly key: string;
  readonly data: Data;
}

/**
 * An action that sends a command and has its answer come back to the machine, as `Answer`. It does nothing by itself:
 * the orchestration carries it out when the machine's step is kept.
 */
export function dispatch<
  Context extends MachineContext,
  Event extends EventObject,
  Events extends EventObject,
  const Answers extends readonly ContractClass[],
  Command extends ContractClass,
  Undo extends ContractClass,
>(
  command: Command,
  data: (given: ActionGiven<Context, Event>) => MessageOf<NoInfer<Command>>,
  options: DispatchOptions<Context, Answers, Undo>,
): ActionFunction<Context, Event, Events, undefined, never, never, never, never, never> {
  return action({ kind: 'dispatch', command, data, options: options as AnyDispatchOptions });
}

/**
 * An action that sends one command for each branch at once, and tells the machine when they have joined, as `Joined`:
 * none joins at once, 10,000 at most.
 */
export function fanOut<
  Context extends MachineContext,
  Event extends EventObject,
  Events extends EventObject,
  const Answers extends readonly ContractClass[],
  Command extends ContractClass,
  Undo extends ContractClass,
>(
  name: string,
  branches: (given: ActionGiven<Context, Event>) => readonly Branch<MessageOf<NoInfer<Command>>>[],
  options: FanOutOptions<Context, Command, Answers, Undo>,
): ActionFunction<Context, Event, Events, undefined, never, never, never, never, never> {
  return action({ kind: 'fanOut', name, branches, options: options as AnyFanOutOptions });
}

/** An action that sends an event. */
export function emit<
  Context extends MachineContext,
  Event extends EventObject,
  Events extends EventObject,
  Contract extends ContractClass,
>(
  contract: Contract,
  data: (given: ActionGiven<Context, Event>) => MessageOf<NoInfer<Contract>>,
  options: { readonly key?: (given: ActionGiven<Context, Event>) => string } = {},
): ActionFunction<Context, Event, Events, undefined, never, never, never, never, never> {
  return action({ kind: 'emit', contract, data, key: options.key });
}

/**
 * An action that ends the machine's own way: what was done is undone in reverse order, and the orchestration ends as
 * `compensated`.
 */
export function compensate<
  Context extends MachineContext,
  Event extends EventObject,
  Events extends EventObject,
>(): ActionFunction<Context, Event, Events, undefined, never, never, never, never, never> {
  return action({ kind: 'compensate' });
}
