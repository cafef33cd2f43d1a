import { type ContractClass, contractOf, exampleOf, isContract } from '@troupe/contract';
import type { AnyStateMachine } from 'xstate';
import { OrchestrationDefinitionError } from '../errors.ts';
import { decide } from '../kernel/decide.ts';
import { assertEnds } from './assert-hand-off.ts';
import { assertIntent } from './assert-intent.ts';
import { commandName } from './command-spec.ts';
import type { Definition } from './definition.ts';
import { type Intent, intentOf } from './intent.ts';
import { actionsOf, descriptorsOf, statesOf } from './machine-walk.ts';
import { NAME } from './name.ts';
import type { OrchestrationOptions } from './orchestration.ts';

const MOST_DAYS = 3_650;

/** Actions of XState that change nothing outside of the machine. */
const PURE = new Set(['xstate.assign', 'xstate.raise', 'xstate.cancel', 'xstate.enqueueActions']);

/** @throws OrchestrationDefinitionError */
export function assertOptions(options: OrchestrationOptions): void {
  const { name, version, versions = {}, migrate = {}, from } = options;
  const wrong = refuse(name);
  if (!NAME.test(name) || name.length > 64) {
    wrong('has a name that is not of the form [a-z][a-z0-9-]*, of 64 characters at most');
  }
  if (!isVersion(version)) wrong(`has version ${version}: it is a whole number from 1`);
  for (const earlier of [...Object.keys(versions), ...Object.keys(migrate)]) {
    if (!isVersion(Number(earlier)) || Number(earlier) >= version) {
      wrong(`names version ${earlier} as an earlier one: the present one is ${version}`);
    }
    if (earlier in versions && earlier in migrate) {
      wrong(`keeps version ${earlier} and migrates it too: its instances do one of both`);
    }
  }
  const { keepDays = 7 } = options;
  if (!(keepDays > 0 && keepDays <= MOST_DAYS))
    wrong(`has keepDays ${keepDays}: it is a number of days above 0, ${MOST_DAYS} at most`);
  if (from !== 'beginning' && from !== 'now') {
    wrong("does not say where a new consumer begins: \"from\" is 'beginning' or 'now'");
  }
  for (const contract of [
    options.starts,
    ...options.commands,
    ...options.emits,
    ...(options.waitsFor ?? []),
  ]) {
    if (!isContract(contract)) wrong(`names ${String(contract)}, which is no contract`);
  }
}

/**
 * Refuses what only a running actor would carry out: it would silently not happen.
 * @throws OrchestrationDefinitionError
 */
export function assertMachine(name: string, machine: AnyStateMachine): void {
  const wrong = refuse(name);
  for (const node of statesOf(machine.root)) {
    if (node.invoke.length > 0)
      wrong(`invokes an actor in #${node.id}: dispatch a command and wait for its answer`);
  }
  const specs = new Map<string, Intent>();
  for (const { where, action } of actionsOf(machine)) {
    const called = typeof action === 'string' ? action : (action as { type?: unknown }).type;
    if (typeof action !== 'function') {
      if (machine.implementations.actions[String(called)] === undefined)
        wrong(`names an action "${String(called)}" that it does not have (${where})`);
      continue;
    }
    const intent = intentOf(action);
    if (intent !== undefined) assertIntent(intent, specs, (problem) => wrong(`${problem} (${where})`));
    else if (!('resolve' in action))
      wrong(`has a function as ${where}: dispatch, fanOut, handOff, emit or assign`);
    else if (!PURE.has(String(called)))
      wrong(`uses ${String(called)} as ${where}, which nothing carries out`);
  }
}

/**
 * Everything that is sent is declared, and everything that comes is taken somewhere.
 * @throws OrchestrationDefinitionError
 */
export function assertContracts(definition: Definition): void {
  const { name, options, machines } = definition;
  const wrong = refuse(name);
  for (const contract of options.commands) {
    if (contractOf(contract).kind !== 'command')
      wrong(`lists ${contractOf(contract).id}, an event, in "commands"`);
  }
  const events = [options.starts, ...options.emits, ...(options.waitsFor ?? [])];
  for (const contract of events) {
    if (contractOf(contract).kind !== 'event')
      wrong(`lists ${contractOf(contract).id}, a command, as an event`);
  }
  for (const { machine, intents } of machines.values()) {
    const descriptors = descriptorsOf(machine);
    const taken = (type: string, of: string): void => {
      if (![...descriptors].some((descriptor) => covers(descriptor, type))) {
        wrong(`takes "${type}" (${of}) in no state: take it, or ignore it by on: { '${type}': {} }`);
      }
    };
    for (const contract of options.waitsFor ?? []) taken(contractOf(contract).type, 'waited for');
    for (const intent of intents) {
      if (intent.kind === 'emit' && !options.emits.includes(intent.contract))
        wrong(`emits ${intent.contract.name}, which its "emits" does not list`);
      if (intent.kind === 'handOff') assertEnds(definition, intent, wrong);
      for (const sent of commandsOf(intent)) {
        if (!options.commands.includes(sent))
          wrong(`dispatches ${sent.name}, which its "commands" does not list`);
      }
      if (intent.kind === 'handOff') taken(`${intent.options.name}.completed`, 'of a hand-off');
      if (intent.kind === 'fanOut') taken(`${intent.name}.joined`, 'of a fan-out');
      if (intent.kind === 'dispatch')
        for (const answer of intent.options.answers)
          taken(contractOf(answer).type, `an answer to ${commandName(intent)}`);
    }
  }
}

function commandsOf(intent: Intent): readonly ContractClass[] {
  if (intent.kind === 'emit' || intent.kind === 'compensate') return [];
  const { undo } = intent.options;
  const undoing = undo === undefined ? [] : [undo.command];
  if (intent.kind === 'dispatch') return [intent.command, ...undoing];
  return intent.kind === 'fanOut' ? [intent.options.command, ...undoing] : undoing;
}

/**
 * Begins an instance on the start contract's example, when it has one: shows a context that JSON cannot carry, and
 * functions that throw.
 * @throws OrchestrationDefinitionError
 */
export function assertWorks(definition: Definition): void {
  const { message } = exampleOf(definition.starts.producedSchema);
  if (message === undefined) return;
  const { record } = decide(
    definition,
    undefined,
    { kind: 'start', inputId: 'example', instanceId: 'example', data: message },
    { now: new Date(), idOf: (contract, key) => `${contract} ${key}` },
  );
  const problem = record?.problems.at(-1);
  if (problem !== undefined)
    refuse(definition.name)(`cannot begin with the example of ${definition.starts.id}: ${problem.message}`);
}

function covers(descriptor: string, type: string): boolean {
  if (descriptor === type || descriptor === '*') return true;
  return descriptor.endsWith('.*') && `${type}.`.startsWith(descriptor.slice(0, -1));
}

function isVersion(version: number): boolean {
  return Number.isSafeInteger(version) && version >= 1;
}

function refuse(name: string): (problem: string) => never {
  return (problem) => {
    throw new OrchestrationDefinitionError(name, problem.replace(/\.$/, ''));
  };
}
