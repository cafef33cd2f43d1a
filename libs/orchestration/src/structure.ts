import { contractOf } from '@troupe/contract';
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { intentOf } from './definition/intent.ts';
import { actionsOfState } from './definition/machine-walk.ts';
import type { StateValue } from './record.ts';

/** A machine's states and transitions as JSON: what a diagram needs, and no more. */
export interface MachineStructure {
  /** The machine's own id. */
  readonly id: string;
  readonly root: StateStructure;
}

export interface StateStructure {
  /** The state's name among its siblings. */
  readonly key: string;
  /** Names from below the root: `picking.waiting`; empty for the root. */
  readonly path: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Name of the state that a compound one begins with. */
  readonly initial?: string;
  readonly description?: string;
  /** What is handed off by its actions: name and contract of each. */
  readonly handsOff?: readonly string[];
  readonly states: readonly StateStructure[];
  readonly transitions: readonly TransitionStructure[];
}

export interface TransitionStructure {
  /** An event's type, `after 1d`, `done`; empty for one that is taken as soon as it can be. */
  readonly on: string;
  /** Name of its guard, when that has one. */
  readonly guard?: string;
  /** Paths of the states that it leads to; none when the state stays. */
  readonly targets: readonly string[];
}

/** Reads the structure of a machine; names of guards are all that is left of its functions. */
export function structureOf(machine: AnyStateMachine): MachineStructure {
  return { id: machine.id, root: stateOf(machine.root as AnyStateNode) };
}

/** Paths of the innermost states that a state value is in: `['picking', 'paying.open']`. */
export function activePaths(value: StateValue, within = ''): string[] {
  if (typeof value === 'string') return [join(within, value)];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = join(within, key);
    return inner === undefined || (typeof inner === 'object' && Object.keys(inner).length === 0)
      ? [path]
      : activePaths(inner, path);
  });
}

function stateOf(node: AnyStateNode): StateStructure {
  const transitions = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
  const handsOff = handedOffBy(node);
  const initial = node.type === 'compound' ? node.initial.target?.[0]?.key : undefined;
  return {
    key: node.key,
    path: node.path.join('.'),
    type: node.type,
    ...(initial !== undefined && { initial }),
    ...(node.description !== undefined && { description: node.description }),
    ...(handsOff.length > 0 && { handsOff }),
    states: Object.values(node.states).map((child) => stateOf(child as AnyStateNode)),
    transitions: transitions.map(transitionOf),
  };
}

function handedOffBy(node: AnyStateNode): string[] {
  return actionsOfState(node).flatMap(({ action }) => {
    const name = typeof action === 'string' ? action : (action as { type?: string }).type;
    const named = typeof action === 'function' ? action : node.machine.implementations.actions[name ?? ''];
    const intent = intentOf(named);
    return intent?.kind === 'handOff' ? [`${intent.options.name}: ${contractOf(intent.contract).id}`] : [];
  });
}

function transitionOf({ eventType, guard, target }: AnyTransitionDefinition): TransitionStructure {
  const guardName = typeof guard === 'string' ? guard : typeof guard === 'object' ? guard.type : undefined;
  return {
    on: labelOf(eventType),
    ...(guardName !== undefined && { guard: guardName }),
    targets: (target ?? []).map(({ path }) => path.join('.')),
  };
}

function labelOf(eventType: string): string {
  const delay = /^xstate\.after\.([^.]+)\./.exec(eventType)?.[1];
  if (delay !== undefined) return `after ${/^\d+$/.test(delay) ? shortened(Number(delay)) : delay}`;
  return /^xstate\.done\./.test(eventType) ? 'done' : eventType;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

function shortened(ms: number): string {
  const unit = UNITS.find(([, size]) => ms >= size && ms % size === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}

function join(within: string, key: string): string {
  return within === '' ? key : `${within}.${key}`;
}
