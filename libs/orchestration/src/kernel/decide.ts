import type { Definition } from '../definition/definition.ts';
import { MOST_HANDLED } from '../limits.ts';
import { hasEnded, type InstanceRecord } from '../record.ts';
import { fail } from './commands.ts';
import { change, type Draft, draftOf } from './draft.ts';
import { settle } from './ending.ts';
import { noteJoins } from './fan-out.ts';
import type { Circumstances, Decision, Input, InputOutcome } from './input.ts';
import { drain, take, takeCompletion } from './intake.ts';
import { messagesOf } from './messages.ts';
import { answerRequest } from './requests.ts';
import { armWakeUp } from './timers.ts';
import { undoBranch, undoLateBranch, undoNext, undone } from './undo.ts';
import { machineFor } from './versions.ts';
import { wake } from './wake.ts';

/**
 * Decides what an input means for an instance: its next record, and what is to be sent once that is kept. A pure function
 * of its arguments, and so may be called again after a crash: an input that the record has handled decides nothing, and
 * ids come from the input alone.
 * @param record as it was loaded; undefined when there is none
 * @throws SnapshotVersionError when this build cannot go on with the record
 * @throws DeferredFullError when the machine cannot take the input, and too many wait already
 */
export function decide(
  definition: Definition,
  record: InstanceRecord | undefined,
  input: Input,
  circumstances: Circumstances,
): Decision {
  if (record === undefined || record.status === 'accepted') {
    if (input.kind !== 'start') return unchanged('unknown', record);
    return started(definition, record, input, circumstances);
  }
  if (record.handled.includes(input.inputId)) return unchanged('duplicate', record);
  if (hasEnded(record) && record.compensation === undefined) return unchanged('late', record);
  const { compiled, record: present } = machineFor(definition, record);
  const draft = draftOf(definition, compiled, present, input, circumstances);
  noteJoins(draft);
  const handled = handle(draft, input);
  return decision(draft, record, input, handled);
}

type Handled = Pick<Decision, 'outcome' | 'refusal'>;

function started(
  definition: Definition,
  accepted: InstanceRecord | undefined,
  input: Input & { readonly kind: 'start' },
  circumstances: Circumstances,
): Decision {
  const at = circumstances.now.toISOString();
  const record: InstanceRecord = {
    orchestration: definition.name,
    version: definition.version,
    id: input.instanceId,
    ...(input.parentFlowId !== undefined && { parentFlowId: input.parentFlowId }),
    revision: accepted?.revision ?? 0,
    status: 'running',
    snapshot: null,
    handled: [],
    deferred: [],
    commands: [],
    fanOuts: [],
    timers: [],
    pending: [],
    problems: [],
    startedAt: accepted?.startedAt ?? at,
    updatedAt: at,
    ...(input.traceparent !== undefined && { traceparent: input.traceparent }),
    ...(accepted?.bodyDigest !== undefined && { bodyDigest: accepted.bodyDigest }),
  };
  const { compiled } = machineFor(definition, record);
  const draft = draftOf(definition, compiled, record, input, circumstances);
  take(draft, { inputId: input.inputId, contract: definition.starts.id, data: input.data });
  return decision(draft, undefined, input, { outcome: 'started' });
}

function handle(draft: Draft, input: Input): Handled {
  switch (input.kind) {
    case 'start':
      return { outcome: 'late' };
    case 'event':
      return { outcome: take(draft, input) };
    case 'completion':
      return { outcome: takeCompletion(draft, input) };
    case 'joined':
      return { outcome: draft.moved ? 'taken' : 'late' };
    case 'branch-answered':
      if (draft.record.compensation === undefined) return { outcome: 'ignored' };
      return { outcome: undoLateBranch(draft, input.branch) ? 'taken' : 'late' };
    case 'wake':
      wake(draft, input.polls);
      return { outcome: 'taken' };
    case 'dead-letter':
      return { outcome: deadLettered(draft, input) };
    case 'request': {
      if (hasEnded(draft.record)) return { outcome: 'refused', refusal: `It is ${draft.record.status}.` };
      const refusal = answerRequest(draft, input, (event, again) => take(draft, event, again));
      return refusal === undefined ? { outcome: 'taken' } : { outcome: 'refused', refusal };
    }
  }
}

function deadLettered(
  draft: Draft,
  { commandId, reason, message }: Input & { readonly kind: 'dead-letter' },
): InputOutcome {
  const command = draft.record.commands.find(({ id }) => id === commandId);
  if (command === undefined) return 'ignored';
  if (command.status !== 'open') return 'late';
  if (command.undoes === undefined) fail(draft, command, { code: reason, message });
  else undone(draft, command, { code: reason, message });
  return 'taken';
}

/** Brings the draft to rest, and says what came of it. */
function decision(
  draft: Draft,
  loaded: InstanceRecord | undefined,
  input: Input,
  { outcome, refusal }: Handled,
): Decision {
  drain(draft);
  undoNext(draft);
  if (draft.wants !== undefined) return wanting(draft, loaded, input, { outcome });
  settle(draft);
  const woken = input.kind === 'wake' && input.at === loaded?.wakeAt;
  const wakeAt = armWakeUp(draft, woken);
  const changed = draft.record !== loaded;
  if (changed) {
    const { handled, revision } = draft.record;
    change(draft, {
      revision: revision + 1,
      handled: [...handled, input.inputId].slice(-MOST_HANDLED),
      pending: [],
      updatedAt: draft.at,
    });
  }
  return {
    outcome: changed || outcome !== 'taken' ? outcome : 'late',
    ...(refusal !== undefined && { refusal }),
    record: draft.record,
    changed,
    outputs: draft.outputs,
    fanOuts: draft.fanOuts,
    resubmissions: draft.resubmissions,
    messages: messagesOf(draft, wakeAt),
    ...(wakeAt !== undefined && { wakeAt }),
  };
}

function wanting(draft: Draft, loaded: InstanceRecord | undefined, input: Input, handled: Handled): Decision {
  const wanted = draft.wants as NonNullable<Draft['wants']>;
  return {
    ...unchanged(handled.outcome, loaded),
    wants: {
      fanOut: wanted.fanOut,
      below: wanted.below,
      give: (branch) => {
        undoBranch(draft, branch);
        return decision(draft, loaded, input, handled);
      },
    },
  };
}

function unchanged(outcome: InputOutcome, record: InstanceRecord | undefined): Decision {
  return { outcome, record, changed: false, outputs: [], fanOuts: [], resubmissions: [], messages: [] };
}
