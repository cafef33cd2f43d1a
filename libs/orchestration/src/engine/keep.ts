import type { EffectsKey } from '@troupe/jetstream';
import { pendingIn } from '../kernel/messages.ts';
import { hasEnded, type InstanceRecord } from '../record.ts';
import type { Ground } from './ground.ts';
import { isPublished, pendingOf } from './publication.ts';
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
): Promise<boolean> {
  const before = instance.record;
  const { messages, resubmissions } = decision;
  for (const dispatch of decision.fanOuts) await fanOuts.dispatch(instance.id, dispatch);
  const decided = decision.record as InstanceRecord;
  const pending = [...pendingOf(instance), ...messages].map((message) => pendingIn(decided, message));
  const record = { ...decided, pending };
  if (!(await instances.write(instance, record))) return false;

  const left = {
    input: inputKey(key),
    messages,
    fanOuts: decision.fanOuts.map(({ fanOut }) => fanOut.id),
  };
  instance.unpublished.push(left);
  if (resubmissions.length > 0) await publication.messages(record, resubmissions);
  for (const { id, sends } of record.fanOuts) {
    if (sends > (before?.fanOuts.find((one) => one.id === id)?.sends ?? sends))
      await publication.branches(instance, id);
  }
  if (decision.outputs.length === 0 && decision.wakeAt === undefined) isPublished(instance, left);
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
