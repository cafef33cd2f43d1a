import { type CompiledContract, type ContractClass, contractOf } from '@troupe/contract';
import {
  type AnyActor,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  createActor,
} from 'xstate';
import { OrchestrationWake } from '../direct.ts';
import { assertContracts, assertMachine, assertOptions, assertWorks } from './assert-machine.ts';
import { type CommandSpec, commandName, commandSpec, handOffSpec } from './command-spec.ts';
import { type Intent, intentOf } from './intent.ts';
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
  /** The same by id, and that of its own wake-ups. */
  readonly sent: ReadonlyMap<string, ContractClass>;
  /** The consumed contracts by id. */
  readonly contracts: ReadonlyMap<string, CompiledContract>;
}

/** A machine with what its actions say of commands. */
export interface CompiledMachine {
  readonly machine: AnyStateMachine;
  /** One that never runs: XState wants to be told whose transition it computes. */
  readonly actor: AnyActor;
  /** XState's form of the top-level states that have none within, but for the context: to find it costs half a transition. */
  readonly states: ReadonlyMap<string, AnyMachineSnapshot>;
  /** By the name of the command or the hand-off. */
  readonly commands: ReadonlyMap<string, CommandSpec>;
  readonly fanOuts: ReadonlyMap<string, CommandSpec>;
  /** What its actions may ask for; others were not known at start. */
  readonly intents: ReadonlySet<Intent>;
}

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
  const sends = [...options.commands, ...options.emits];
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
    sends,
    sent: new Map([...sends, OrchestrationWake].map((contract) => [contractOf(contract).id, contract])),
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
    if (intent.kind === 'dispatch')
      commands.set(commandName(intent), commandSpec(intent.command, intent.options));
    if (intent.kind === 'handOff') commands.set(intent.options.name, handOffSpec(intent));
    if (intent.kind === 'fanOut')
      fanOuts.set(intent.name, commandSpec(intent.options.command, intent.options));
  }
  return {
    machine,
    actor: createActor(machine),
    states: atomicStatesOf(machine),
    commands,
    fanOuts,
    intents,
  };
}

function atomicStatesOf(machine: AnyStateMachine): ReadonlyMap<string, AnyMachineSnapshot> {
  const atomic = Object.values(machine.states as Record<string, AnyStateNode>).filter(
    ({ type }) => type === 'atomic',
  );
  if (machine.root.type !== 'compound') return new Map();
  return new Map(
    atomic.map(({ key }) => [key, machine.resolveState({ value: key, context: {} }) as AnyMachineSnapshot]),
  );
}

function answersOf(intent: Intent): readonly ContractClass[] {
  if (intent.kind === 'emit' || intent.kind === 'compensate') return [];
  const answers = intent.kind === 'handOff' ? [] : intent.options.answers;
  return [...answers, ...(intent.options.undo?.answers ?? [])];
}
