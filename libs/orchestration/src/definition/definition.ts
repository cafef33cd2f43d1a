import {
  type AcceptedContract,
  acceptedBy,
  type CompiledContract,
  type ContractClass,
  contractOf,
} from '@troupe/contract';
import { durationOf } from '@troupe/jetstream';
import type { AnyStateMachine } from 'xstate';
import type { CommandOptions } from './actions.ts';
import { assertContracts, assertMachine, assertOptions, assertWorks } from './assert-machine.ts';
import {
  type AnyDispatchOptions,
  type AnyFanOutOptions,
  type AnyHandOffOptions,
  type Intent,
  intentOf,
} from './intent.ts';
import { actionsOf } from './machine-walk.ts';
import type { OrchestrationOptions } from './orchestration.ts';

/** An orchestration, read and checked once, for every decision. */
export interface Definition {
  readonly name: string;
  readonly version: number;
  readonly options: OrchestrationOptions;
  readonly starts: CompiledContract;
  /** The present machine and the earlier ones, by version. */
  readonly machines: ReadonlyMap<number, CompiledMachine>;
  /** Ids of the contracts in `waitsFor`. */
  readonly waitsFor: ReadonlySet<string>;
  /** Names of the hand-offs of all machines. */
  readonly handOffs: ReadonlySet<string>;
  /** Ids of the contracts that complete them. */
  readonly ends: ReadonlySet<string>;
  /** Ids of the contracts that it consumes for anything else. */
  readonly elsewhere: ReadonlySet<string>;
  /** Every contract that its step consumes: the start, the answers, the ends of hand-offs, and what it waits for. */
  readonly consumes: readonly ContractClass[];
  /** Every contract that its step sends. */
  readonly sends: readonly ContractClass[];
  /** The consumed contracts by id. */
  readonly contracts: ReadonlyMap<string, CompiledContract>;
}

/** A machine with what its actions say of commands. */
export interface CompiledMachine {
  readonly machine: AnyStateMachine;
  /** By the name of the command or the hand-off. */
  readonly commands: ReadonlyMap<string, CommandSpec>;
  readonly fanOuts: ReadonlyMap<string, CommandSpec>;
  /** What its actions may ask for; others were not known at start. */
  readonly intents: ReadonlySet<Intent>;
}

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

const known = new WeakMap<OrchestrationOptions, Definition>();

/**
 * Reads what `@Orchestration` was given: at the first call, cached from then on.
 * @throws OrchestrationDefinitionError when it cannot work
 */
export function definitionOf(options: OrchestrationOptions): Definition {
  const read = known.get(options) ?? compiled(options);
  known.set(options, read);
  return read;
}

function compiled(options: OrchestrationOptions): Definition {
  assertOptions(options);
  const { name, version, machine, versions = {}, waitsFor = [] } = options;
  const all: [number, AnyStateMachine][] = [
    ...Object.entries(versions).map(([number, older]): [number, AnyStateMachine] => [Number(number), older]),
    [version, machine],
  ];
  const machines = new Map(
    all.map(([number, one]) => {
      assertMachine(name, one);
      return [number, compiledMachine(one)];
    }),
  );
  const intents = [...machines.values()].flatMap((one) => [...one.intents]);
  const handOffs = intents.flatMap((intent) => (intent.kind === 'handOff' ? intent.options : []));
  const ends = handOffs.flatMap((one) => one.ends);
  const elsewhere = [options.starts, ...intents.flatMap(answersOf), ...waitsFor];
  const consumes = [...new Set([...elsewhere, ...ends])];
  const definition: Definition = {
    name,
    version,
    options,
    starts: contractOf(options.starts),
    machines,
    waitsFor: idsOf(waitsFor),
    handOffs: new Set(handOffs.map((one) => one.name)),
    ends: idsOf(ends),
    elsewhere: idsOf(elsewhere),
    consumes,
    sends: [...options.commands, ...options.emits],
    contracts: new Map(consumes.map((contract) => [contractOf(contract).id, contractOf(contract)])),
  };
  assertContracts(definition);
  assertWorks(definition);
  return definition;
}

function idsOf(contracts: readonly ContractClass[]): ReadonlySet<string> {
  return new Set(contracts.map((contract) => contractOf(contract).id));
}

function compiledMachine(machine: AnyStateMachine): CompiledMachine {
  const intents = new Set(actionsOf(machine).flatMap(({ action }) => intentOf(action) ?? []));
  const commands = new Map<string, CommandSpec>();
  const fanOuts = new Map<string, CommandSpec>();
  for (const intent of intents) {
    if (intent.kind === 'dispatch') commands.set(commandName(intent), specOf(intent.command, intent.options));
    if (intent.kind === 'handOff') commands.set(intent.options.name, handOffSpec(intent));
    if (intent.kind === 'fanOut') fanOuts.set(intent.name, specOf(intent.options.command, intent.options));
  }
  return { machine, commands, fanOuts, intents };
}

/** The name under which a command is open. */
export function commandName(intent: Intent & { readonly kind: 'dispatch' }): string {
  return intent.options.name ?? contractOf(intent.command).type;
}

function handOffSpec({ contract, options }: Intent & { readonly kind: 'handOff' }): CommandSpec {
  const { ends, within, undo, polls = POLLS, every = EVERY, status } = options;
  return {
    ...specOf(contract, { answers: ends, within, resubmit: 0, undo }),
    handOff: {
      polls,
      everyMs: durationOf(every) as number,
      status,
      ends: new Map(acceptedBy(ends).map((accepted) => [accepted.contract.id, accepted])),
    },
  };
}

function specOf(
  command: ContractClass,
  options: CommandOptions & { readonly undo?: AnyDispatchOptions['undo'] | AnyFanOutOptions['undo'] },
): CommandSpec {
  return {
    contract: contractOf(command),
    answers: new Set(options.answers.map((answer) => contractOf(answer).id)),
    withinMs: durationOf(options.within),
    resubmit: options.resubmit ?? RESUBMISSIONS,
    undo: options.undo && {
      ...specOf(options.undo.command, commandOptions(options.undo)),
      data: options.undo.data,
    },
  };
}

function commandOptions({ answers, within, resubmit }: CommandOptions): CommandOptions {
  return { answers, ...(within !== undefined && { within }), ...(resubmit !== undefined && { resubmit }) };
}

function answersOf(intent: Intent): readonly ContractClass[] {
  if (intent.kind === 'emit' || intent.kind === 'compensate') return [];
  const answers = intent.kind === 'handOff' ? [] : intent.options.answers;
  return [...answers, ...(intent.options.undo?.answers ?? [])];
}
