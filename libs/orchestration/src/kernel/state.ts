import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate';
import type { CompiledMachine } from '../definition/definition.ts';
import type { MachineState } from '../record.ts';

/**
 * XState's form of a stored state. XState's own way back is not taken: it looks for references to actors in the context,
 * which is data of other people.
 * @throws when the machine has no such state
 */
export function restored({ machine, states }: CompiledMachine, state: MachineState): AnyMachineSnapshot {
  const { value, context, status, output } = state;
  const isPlain = typeof value === 'string' && status === 'active' && state.history === undefined;
  const known = isPlain ? states.get(value) : undefined;
  if (known !== undefined) return { ...known, context } as AnyMachineSnapshot;
  const history = Object.entries(state.history ?? {}).map(([id, ids]) => [
    id,
    ids.map((one) => machine.getStateNodeById(one)),
  ]);
  return machine.resolveState({
    value,
    context,
    status,
    output,
    historyValue: Object.fromEntries(history) as Record<string, AnyStateNode[]>,
  } as Parameters<AnyStateMachine['resolveState']>[0]) as AnyMachineSnapshot;
}

/** What is stored of a state. */
export function stored(state: AnyMachineSnapshot): MachineState {
  const history = Object.entries(state.historyValue as Record<string, AnyStateNode[]>).map(([id, nodes]) => [
    id,
    nodes.map((node) => node.id),
  ]);
  return {
    value: state.value as MachineState['value'],
    context: state.context as MachineState['context'],
    status: state.status === 'done' ? 'done' : 'active',
    ...(state.output !== undefined && { output: state.output as unknown }),
    ...(history.length > 0 && { history: Object.fromEntries(history) as Record<string, string[]> }),
  };
}
