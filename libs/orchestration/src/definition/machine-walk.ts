import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** One action as it is written in a machine. */
export interface WrittenAction {
  /** Where, for messages to people: `entry of #parcel.picking`. */
  readonly where: string;
  /** A function, or the name of one with or without parameters. */
  readonly action: unknown;
}

/** Every state of a machine, the root first. */
export function statesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap((child) => statesOf(child as AnyStateNode))];
}

/** Every action that a machine has anywhere, those that only `enqueueActions` may name included. */
export function actionsOf(machine: AnyStateMachine): WrittenAction[] {
  const named = Object.entries(machine.implementations.actions).map(([name, action]) => ({
    where: `action "${name}"`,
    action,
  }));
  return [...named, ...statesOf(machine.root as AnyStateNode).flatMap(actionsOfState)];
}

/** Every descriptor of an event that some state takes: `station.reserved`, `picks.*`, `*`. */
export function descriptorsOf(machine: AnyStateMachine): Set<string> {
  return new Set(statesOf(machine.root as AnyStateNode).flatMap((node) => [...node.transitions.keys()]));
}

/** Every action that is written at a state: at its entry, its exit, and on what leads away from it. */
export function actionsOfState(node: AnyStateNode): WrittenAction[] {
  const transitions = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
  const initial = node.type === 'compound' ? node.initial.actions : [];
  return [
    ...node.entry.map((action) => ({ where: `entry of #${node.id}`, action })),
    ...node.exit.map((action) => ({ where: `exit of #${node.id}`, action })),
    ...initial.map((action) => ({ where: `initial of #${node.id}`, action })),
    ...transitions.flatMap(({ eventType, actions }) =>
      actions.map((action) => ({ where: `"${eventType}" of #${node.id}`, action })),
    ),
  ];
}
