import { contractOf } from '@troupe/contract';
import { OrchestrationWake } from '../direct.ts';
import type { BranchRecord, CommandRecord, InstanceRecord, PendingMessage, WholeMessage } from '../record.ts';
import type { Draft } from './draft.ts';
import type { Output } from './input.ts';

const WAKE = contractOf(OrchestrationWake).id;

/** All that a decision sends, but for branches: what is new, the wake-up when one is armed, commands once more. */
export function messagesOf(draft: Draft, wakeAt: Date | undefined): WholeMessage[] {
  const messages = draft.outputs.flatMap((output) =>
    output.record === 'branch' ? [] : outputMessage(draft, output),
  );
  if (wakeAt !== undefined) messages.push(wakeMessage(draft, wakeAt.toISOString()));
  return [...messages, ...draft.resubmissions];
}

/** How a record names a message that is to be sent: what a command has is not kept twice. */
export function pendingIn({ commands }: InstanceRecord, message: WholeMessage): PendingMessage {
  const { id, sends } = message;
  if (!commands.some((one) => one.id === id && one.message !== undefined)) return message;
  return { command: id, ...(sends !== undefined && { sends }) };
}

/** The message that a record names. */
export function wholeOf(
  { id: instanceId, commands }: InstanceRecord,
  pending: PendingMessage,
): WholeMessage | undefined {
  if (!('command' in pending)) return pending;
  const command = commands.find(({ id }) => id === pending.command);
  return command && commandMessage(instanceId, command, pending.sends);
}

/**
 * The message of a command; undefined once that is dropped.
 * @param sends the how manieth time it is sent. Default: the first
 */
export function commandMessage(
  instanceId: string,
  { id, contract, message, dispatchedAt, handOff }: CommandRecord,
  sends = 1,
): WholeMessage | undefined {
  if (message === undefined) return undefined;
  return {
    id,
    contract,
    ...message,
    time: dispatchedAt,
    ...(handOff && { flow: { id: handOff.flowId, parent: instanceId } }),
    ...(sends > 1 && { sends }),
  };
}

/** That of a branch, in the same way. */
export function branchMessage(
  { id, contract, message, dispatchedAt }: BranchRecord,
  sends: number,
): WholeMessage | undefined {
  if (message === undefined) return undefined;
  return { id, contract, ...message, time: dispatchedAt, ...(sends > 1 && { sends }) };
}

function outputMessage({ cause, at }: Draft, { id, contract, data, flow }: Output): WholeMessage {
  return { id, contract: contractOf(contract).id, data, ...cause, time: at, ...(flow && { flow }) };
}

function wakeMessage({ cause, at: time, idOf }: Draft, at: string): WholeMessage {
  return { id: idOf(WAKE, at), contract: WAKE, data: { at }, ...cause, time };
}
