import type { BranchOutcome } from '../definition/messages.ts';
import { type BranchEnd, endBranch, fanOutsToGiveUp, isOver, outcomesOf } from '../kernel/branches.ts';
import type { Circumstances, Decision, Input } from '../kernel/input.ts';
import type { InstanceRecord } from '../record.ts';
import type { FanOuts } from './fan-outs.ts';
import type { Ground } from './ground.ts';
import { pipelined } from './pipelined.ts';

/**
 * What of an input is left for the instance once its branch is ended: the input itself when it is about no branch,
 * another one when the branch changes something for the instance, and nothing when it waits for more.
 */
export async function throughBranch(
  { definition, fanOuts }: Pick<Ground, 'definition' | 'fanOuts'>,
  record: InstanceRecord,
  input: Input,
): Promise<Input | undefined> {
  const end = endOf(input);
  if (end === undefined) return input;
  if (record.commands.some(({ id }) => id === end.commandId)) return input;
  const { commandId, ...how } = end;
  const ended = await fanOuts.end(record.id, commandId, input.inputId, (branch) =>
    endBranch(definition, record, branch, how, new Date()),
  );
  if (ended === undefined) return input; // of no branch, or it changes nothing there
  const { branch, join } = ended;
  const { inputId } = input;
  const state = record.fanOuts.find(({ id }) => id === branch.fanOut);
  // First: what closed the join may be the decision that this very message led to, before it was lost.
  if (join?.joined === true && state?.status === 'open') return { kind: 'joined', inputId };
  // It led to the join in an earlier delivery, and what that left to be sent may not be sent yet.
  if (record.handled.includes(inputId)) return { kind: 'joined', inputId };
  if (join?.closed === true && branch.status === 'answered')
    return { kind: 'branch-answered', inputId, branch };
  return undefined;
}

type End = BranchEnd & { readonly commandId: string };

function endOf(input: Input): End | undefined {
  if (input.kind === 'event' && input.causationId !== undefined) {
    const { inputId, contract, data, causationId } = input;
    return { kind: 'answer', inputId, contract, data, causationId, commandId: causationId };
  }
  if (input.kind !== 'dead-letter') return undefined;
  const { inputId, commandId, reason, message } = input;
  return { kind: 'failure', inputId, reason, message, commandId };
}

/** Ends the branches that are not counted of fan-outs that were sent often enough, and are overdue. */
export async function giveUpBranches(
  { definition, fanOuts }: Pick<Ground, 'definition' | 'fanOuts'>,
  record: InstanceRecord,
  inputId: string,
): Promise<void> {
  const now = new Date();
  for (const { id, sends } of fanOutsToGiveUp(definition, record, now)) {
    const message = `No answer within the deadline, though it was sent ${sends === 1 ? 'once' : `${sends} times`}.`;
    const end = { kind: 'failure', inputId, reason: 'unanswered', message } as const;
    const join = await fanOuts.join(record.id, id);
    const branches = await fanOuts.branches(record.id, id);
    const left = branches.filter(({ index }) => join === undefined || !isOver(join, index));
    await pipelined(left, (branch) =>
      fanOuts.end(record.id, branch.id, inputId, (one) => endBranch(definition, record, one, end, now)),
    );
  }
}

/**
 * Outcomes of the fan-outs that joined and that the machine was not told of.
 * @param looks whether those that the record calls open may have joined
 */
export async function outcomesFor(
  fanOuts: FanOuts,
  record: InstanceRecord,
  looks: boolean,
): Promise<NonNullable<Circumstances['outcomes']>> {
  const outcomes = new Map<string, BranchOutcome[]>();
  for (const { id, status } of record.fanOuts) {
    if (status !== 'ready' && !(looks && status === 'open')) continue;
    if (status === 'open' && (await fanOuts.join(record.id, id))?.joined !== true) continue;
    outcomes.set(id, outcomesOf(await fanOuts.branches(record.id, id)));
  }
  return outcomes;
}

/** Gives a decision the branches that it wants, one after another. */
export async function whole(fanOuts: FanOuts, id: string, decision: Decision): Promise<Decision> {
  let whole = decision;
  while (whole.wants !== undefined) {
    const { fanOut, below, give } = whole.wants;
    whole = give(await fanOuts.lastToUndo(id, fanOut, below));
  }
  return whole;
}
