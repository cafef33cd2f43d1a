import { contractOf } from '@troupe/contract';
import { MachineError } from '../errors.ts';
import type { InstanceRecord } from '../record.ts';
import { result } from './commands.ts';
import { isUndone } from './compensation.ts';
import { attempt, change, type Draft, drop, note, send } from './draft.ts';
import { stateOf } from './transition.ts';

/** Tag of final states that are failures. */
const FAILED = 'failed';

/** Says what the instance is at now, and ends it when there is nothing left to do. */
export function settle(draft: Draft): void {
  const { record } = draft;
  if (record.endedAt !== undefined) return;
  if (record.compensation !== undefined) {
    if (!isUndone(draft)) setStatus(draft, 'compensating');
    else endUndone(draft, record.compensation.reason === 'cancelled' ? 'cancelled' : 'compensated');
    return;
  }
  if (record.snapshot?.status === 'done') {
    end(draft, stateOf(draft)?.tags.has(FAILED) === true ? 'failed' : 'completed');
    return;
  }
  const stuck = record.halted !== undefined || record.commands.some(({ unhandled }) => unhandled);
  setStatus(draft, stuck ? 'suspended' : 'running');
}

function setStatus(draft: Draft, status: InstanceRecord['status']): void {
  if (draft.record.status !== status) change(draft, { status });
}

function endUndone(draft: Draft, status: 'cancelled' | 'compensated'): void {
  const { id, problems, snapshot } = draft.record;
  const { ends, emits } = draft.definition.options;
  const fault = attempt(draft, () => {
    const event = ended(ends?.[status], { id, problems, context: snapshot?.context });
    if (event === undefined) return;
    if (!emits.includes(event.contract))
      throw new MachineError(
        `its end as ${status}`,
        new Error(`${contractOf(event.contract).id} is not in "emits"`),
      );
    send(draft, event.contract, event.data, event.key ?? '');
  });
  if (fault !== undefined) note(draft, { code: fault.code, message: fault.message });
  end(draft, status);
}

function ended<Instance, Event>(
  make: ((instance: Instance) => Event) | undefined,
  instance: Instance,
): Event | undefined {
  try {
    return make?.(instance);
  } catch (error) {
    throw new MachineError('its end', error);
  }
}

/** Nothing is waited for any more. */
function end(draft: Draft, status: InstanceRecord['status']): void {
  const { commands, fanOuts } = draft.record;
  const said = draft.outputs.findLast((output) => output.record === undefined);
  drop(draft, 'halted');
  change(draft, {
    status,
    endedAt: draft.at,
    ...(said && { result: { contract: contractOf(said.contract).id, ...result(said.data) } }),
    timers: [],
    deferred: [],
    commands: commands.map((command) => {
      const { dueAt, message, unhandled, ...rest } = command;
      return command.status === 'open' ? { ...rest, status: 'dropped' as const } : rest;
    }),
    fanOuts: fanOuts.map((one) =>
      one.status === 'open' || one.status === 'ready' ? { ...one, status: 'dropped' as const } : one,
    ),
  });
}
