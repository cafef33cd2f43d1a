import type { EffectsKey, OutgoingMessage } from '@troupe/jetstream';
import {
  type CommandRecord,
  hasEnded,
  type InstanceRecord,
  type PendingMessage,
  type StoredMessage,
} from '../record.ts';
import type { Ground } from './ground.ts';
import { isPublished, pendingOf } from './publication.ts';
import { sentAgain, storedMessage } from './sealed.ts';
import type { Decided } from './turn.ts';

/**
 * Writes a decision: the branches of its fan-outs, their joins, then the record, which names all that is to be sent.
 * Sends what the step itself does not: commands once more.
 * @returns false when another process was faster, and nothing of the record is written
 * @throws EffectsUnavailableError when it is not known to be written, or not all is sent
 */
export async function keep(
  { instances, fanOuts, publication, outlet }: Ground,
  key: EffectsKey,
  { instance, decision }: Decided,
  sealed: readonly OutgoingMessage[],
): Promise<boolean> {
  const before = instance.record;
  const messages = sealed.map(storedMessage);
  const again = decision.resubmissions.map(({ message, sends }) => sentAgain(message, sends));
  const own = [...messages.filter((_, i) => decision.outputs[i]?.fanOut === undefined), ...again];
  const byCommand = new Map<string, StoredMessage>();
  for (const [i, message] of messages.entries()) {
    const commandId = decision.outputs[i]?.commandId;
    if (commandId !== undefined) byCommand.set(commandId, message);
  }

  for (const dispatch of decision.fanOuts) await fanOuts.dispatch(instance.id, dispatch, byCommand);
  const decided = decision.record as InstanceRecord;
  const commands = withMessages(decided.commands, byCommand);
  const record = { ...decided, commands, pending: [...pendingOf(instance), ...namedIn(commands, own)] };
  if (!(await instances.write(instance, record))) return false;

  const left = {
    input: inputKey(key),
    messages: own,
    fanOuts: decision.fanOuts.map(({ fanOut }) => fanOut.id),
  };
  instance.unpublished.push(left);
  if (again.length > 0) await publication.messages(again);
  for (const { id, sends } of record.fanOuts) {
    if (sends > (before?.fanOuts.find((one) => one.id === id)?.sends ?? sends))
      await publication.branches(instance, id);
  }
  if (sealed.length === 0) isPublished(instance, left);
  if (hasEnded(record) && record.fanOuts.length > 0) await fanOuts.expire(instance.id);
  if (record.status === 'suspended' && before?.status !== 'suspended') {
    const problem = record.problems.at(-1);
    outlet.alert(
      'orchestration-suspended',
      `${record.orchestration} ${record.id} waits for a person: ${problem?.message ?? ''}`,
    );
  }
  return true;
}

/** Names an input among those of an instance. */
export function inputKey({ source, id }: EffectsKey): string {
  return `${source} ${id}`;
}

/** A message that an open command has is not written twice. */
function namedIn(commands: readonly CommandRecord[], messages: readonly StoredMessage[]): PendingMessage[] {
  return messages.map((message) => {
    const command = commands.find((one) => one.message === message);
    return command === undefined ? message : { command: command.id };
  });
}

/** Open commands with what is sent again, should nobody answer. */
function withMessages(
  commands: readonly CommandRecord[],
  byCommand: ReadonlyMap<string, StoredMessage>,
): readonly CommandRecord[] {
  if (byCommand.size === 0) return commands;
  return commands.map((command) => {
    const message = byCommand.get(command.id);
    return message === undefined || command.status !== 'open' ? command : { ...command, message };
  });
}
