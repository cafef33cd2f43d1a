import {
  type AcceptedContract,
  acceptedBy,
  type CompiledContract,
  type ContractClass,
  contractOf,
} from '@troupe/contract';
import { durationOf } from '@troupe/jetstream';
import type { CommandOptions } from './actions.ts';
import type { AnyDispatchOptions, AnyFanOutOptions, AnyHandOffOptions, Intent } from './intent.ts';

/** What a command is held to, in the units of the kernel. */
export interface CommandSpec {
  readonly contract: CompiledContract;
  /** Ids of the contracts that answer it. */
  readonly answers: ReadonlySet<string>;
  readonly withinMs: number | undefined;
  readonly resubmit: number;
  readonly undo: (CommandSpec & { readonly data: AnyUndo['data'] }) | undefined;
  /** It is a hand-off, which is polled instead of sent again. */
  readonly handOff?: HandOffSpec;
}

/** How a hand-off is polled. */
export interface HandOffSpec {
  readonly polls: number;
  readonly everyMs: number;
  readonly status: AnyHandOffOptions['status'];
  /** What completes it, older majors too, by contract id. */
  readonly ends: ReadonlyMap<string, AcceptedContract>;
}

type AnyUndo = NonNullable<AnyDispatchOptions['undo']>;

const RESUBMISSIONS = 3;
const POLLS = 3;
const EVERY = '30s';

/** The name under which a command is open. */
export function commandName(intent: Intent & { readonly kind: 'dispatch' }): string {
  return intent.options.name ?? contractOf(intent.command).type;
}

/** What a hand-off is held to: it has a deadline, and its event is not sent again at that. */
export function handOffSpec({ contract, options }: Intent & { readonly kind: 'handOff' }): CommandSpec {
  const { ends, within, undo, polls = POLLS, every = EVERY, status } = options;
  return {
    ...commandSpec(contract, { answers: ends, within, resubmit: 0, undo }),
    handOff: {
      polls,
      everyMs: durationOf(every) as number,
      status,
      ends: new Map(acceptedBy(ends).map((accepted) => [accepted.contract.id, accepted])),
    },
  };
}

/** What a command, or one that undoes it, is held to. */
export function commandSpec(
  command: ContractClass,
  options: CommandOptions & { readonly undo?: AnyDispatchOptions['undo'] | AnyFanOutOptions['undo'] },
): CommandSpec {
  return {
    contract: contractOf(command),
    answers: new Set(options.answers.map((answer) => contractOf(answer).id)),
    withinMs: durationOf(options.within),
    resubmit: options.resubmit ?? RESUBMISSIONS,
    undo: options.undo && {
      ...commandSpec(options.undo.command, commandOptions(options.undo)),
      data: options.undo.data,
    },
  };
}

function commandOptions({ answers, within, resubmit }: CommandOptions): CommandOptions {
  return { answers, ...(within !== undefined && { within }), ...(resubmit !== undefined && { resubmit }) };
}
