import type { ContractClass, MessageOf } from '@troupe/contract';
import type { ActionFunction, EventObject, MachineContext } from 'xstate';
import type { ActionGiven, UndoOptions } from './actions.ts';
import { type AnyHandOffOptions, action } from './intent.ts';

/** What `handOff` takes. */
export interface HandOffOptions<Context, Ends extends readonly ContractClass[], Undo extends ContractClass> {
  /**
   * What the hand-off is called, `[a-z][a-z0-9-]*`: the machine gets `<name>.completed` or `<name>.failed`, and the flow
   * that it opens is `<flow>/<name>/<n>`. Handed off again while one of its name is open, that one is dropped.
   */
  readonly name: string;
  /** Contracts of the events of the child flow that complete it; the first one that comes does. */
  readonly ends: Ends;
  /** Deadline of the completion: `30s`, `5m`, `2h`, `1d`. From then on the remote side is polled, and at last given up. */
  readonly within: string;
  /** Polls before it is given up, the first at the deadline. Default 3, from 1 to 100. */
  readonly polls?: number;
  /** From one poll to the next. Default `30s`. */
  readonly every?: string;
  /**
   * Where the remote side itself is asked how far it is. An address alone is that of a master status of this library.
   * Default: only the ledger is asked.
   */
  readonly status?: StatusAddress<Context> | RemoteStatus<Context>;
  /** The command that undoes it, should the orchestration be compensated or cancelled. Default: it is not undone. */
  readonly undo?: UndoOptions<Context, Undo, MessageOf<Ends[number]>>;
}

/** An `http://` or `https://` address. */
export type StatusAddress<Context> = (given: StatusGiven<Context>) => string;

/** What the address of a status is made from. */
export interface StatusGiven<Context> {
  readonly context: Context;
  /** The flow that was opened: the id of a remote orchestration that it began. */
  readonly flowId: string;
}

/** The status of a remote side that answers in its own way. */
export interface RemoteStatus<Context> {
  readonly url: StatusAddress<Context>;
  /** Reads the JSON that it answers with. */
  readonly completed: (body: unknown) => RemoteEnd;
}

/** The event that it ended with, or is taken to have ended with; `failed`; undefined while it runs. */
export type RemoteEnd = { readonly contract: ContractClass; readonly data: object } | 'failed' | undefined;

/**
 * An action that hands work off to a remote system: it opens a flow of its own with an event that begins it there, and
 * has one of that flow's ends come back to the machine, as `Completed`, with a report. The remote side needs to know
 * nothing of it. A list of data opens a flow for each; an empty one opens none, and nothing comes.
 */
export function handOff<
  Context extends MachineContext,
  Event extends EventObject,
  Events extends EventObject,
  const Ends extends readonly ContractClass[],
  Contract extends ContractClass,
  Undo extends ContractClass,
>(
  contract: Contract,
  data: (
    given: ActionGiven<Context, Event>,
  ) => MessageOf<NoInfer<Contract>> | readonly MessageOf<NoInfer<Contract>>[],
  options: HandOffOptions<Context, Ends, Undo>,
): ActionFunction<Context, Event, Events, undefined, never, never, never, never, never> {
  return action({ kind: 'handOff', contract, data, options: options as unknown as AnyHandOffOptions });
}
