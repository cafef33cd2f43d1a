import { contractOf } from '@troupe/contract';
import { childFlowId } from '../child-flow.ts';
import type { Intent } from '../definition/intent.ts';
import type { CommandRecord, InstanceRecord } from '../record.ts';
import { addCommand } from './commands.ts';
import { change, type Draft, send } from './draft.ts';

/**
 * Opens a child flow for each of the data: the event that begins it there is kept as a command is, and its answer is an
 * end of that flow.
 * @throws MachineFault
 */
export function openFlows(
  draft: Draft,
  { contract, options: { name } }: Intent & { readonly kind: 'handOff' },
  data: object | readonly object[],
): void {
  for (const one of Array.isArray(data) ? (data as readonly object[]) : [data]) {
    const { id: parent, handOffs = {} } = draft.record;
    const n = (handOffs[name] ?? 0) + 1;
    const flowId = childFlowId({ parent, name, n });
    const flow = { id: flowId, parent };
    const id = send(draft, contract, one, `${name}/${n}`, { record: 'command', flow });
    const handOff = { flowId, polls: 0 };
    addCommand(draft, { id, name, contract: contractOf(contract).id, data: one, handOff });
    change(draft, { handOffs: { ...handOffs, [name]: n } });
  }
}

/** The hand-off that opened a flow; undefined when the instance has none, or no longer keeps it. */
export function handOffOf(
  { commands }: Pick<InstanceRecord, 'commands'>,
  flowId: string,
): CommandRecord | undefined {
  return commands.find(({ handOff }) => handOff?.flowId === flowId);
}

/** Whether an end of the flow would be given to the machine. */
export function isAwaited(record: Pick<InstanceRecord, 'commands'> | undefined, flowId: string): boolean {
  const { status, unhandled } = (record && handOffOf(record, flowId)) ?? {};
  return status === 'open' || (status === 'failed' && unhandled === true);
}

/** Hand-offs whose deadline has passed: each is polled before that is decided about. */
export function handOffsToPoll({ commands }: Pick<InstanceRecord, 'commands'>, now: Date): CommandRecord[] {
  return commands.filter(
    ({ handOff, status, dueAt }) =>
      handOff !== undefined && status === 'open' && dueAt !== undefined && Date.parse(dueAt) <= now.getTime(),
  );
}
