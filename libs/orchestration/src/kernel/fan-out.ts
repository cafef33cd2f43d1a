import { hash } from 'node:crypto';
import { contractOf } from '@troupe/contract';
import type { Branch } from '../definition/actions.ts';
import type { Intent } from '../definition/intent.ts';
import { MachineError, OrchestrationLimitError } from '../errors.ts';
import { MOST_BRANCHES, MOST_FAN_OUTS } from '../limits.ts';
import type { BranchRecord, FanOutRecord, FanOutState } from '../record.ts';
import { bitsOf } from './bits.ts';
import { change, type Draft, send } from './draft.ts';

/**
 * Sends the commands of a fan-out; one without branches has joined at once.
 * @throws MachineFault
 */
export function dispatchFanOut(
  draft: Draft,
  { name, options }: Intent & { readonly kind: 'fanOut' },
  branches: readonly Branch<object>[],
): void {
  if (branches.length > MOST_BRANCHES)
    throw new OrchestrationLimitError(`branches of ${name}`, branches.length, MOST_BRANCHES);
  const contract = contractOf(options.command);
  const id = idOf(draft, name, contract.id);
  const records = branches.map(({ key, data }, index): BranchRecord => {
    return {
      id: send(draft, options.command, data, `${name}/${key}`, { record: 'branch' }),
      fanOut: id,
      key,
      index,
      contract: contract.id,
      status: 'open',
      dispatchedAt: draft.at,
      message: { data, ...draft.cause },
    };
  });
  if (new Set(branches.map(({ key }) => key)).size < branches.length)
    throw new MachineError(`the fan-out ${name}`, new Error('two branches have one key'));
  const empty = branches.length === 0;
  const fanOut: FanOutRecord = {
    id,
    join: options.join,
    total: branches.length,
    sent: 0,
    over: bitsOf(branches.length),
    answered: 0,
    failed: 0,
    joined: empty,
  };
  draft.fanOuts.push({ fanOut, branches: records });
  if (empty) draft.outcomes.set(id, []);
  addState(draft, {
    id,
    name,
    contract: contract.id,
    join: options.join,
    total: branches.length,
    status: empty ? 'ready' : 'open',
    dispatchedAt: draft.at,
    resubmitted: 0,
    sends: 1,
  });
}

/**
 * Unique for the input in hand: two inputs may decide the same step, and only one of them is kept. The branches that the
 * other one wrote before are nobody's then.
 */
function idOf({ record, idOf }: Draft, name: string, contractId: string): string {
  const earlier = record.fanOuts.filter((one) => one.name === name).length;
  return `${name}-${hash('sha256', idOf(contractId, `${name} ${earlier}`), 'base64url').slice(0, 10)}`;
}

function addState(draft: Draft, added: FanOutState): void {
  const before = draft.record.fanOuts.map((one) =>
    one.name === added.name && (one.status === 'open' || one.status === 'ready')
      ? { ...one, status: 'dropped' as const }
      : one,
  );
  if (before.length + 1 > MOST_FAN_OUTS)
    throw new OrchestrationLimitError('fan-outs', before.length + 1, MOST_FAN_OUTS);
  change(draft, { fanOuts: [...before, added.status === 'open' ? withDeadline(draft, added) : added] });
}

function withDeadline(draft: Draft, fanOut: FanOutState): FanOutState {
  const withinMs = draft.compiled.fanOuts.get(fanOut.name)?.withinMs;
  if (withinMs === undefined) return fanOut;
  return { ...fanOut, dueAt: new Date(draft.now.getTime() + withinMs).toISOString() };
}

/** Notes fan-outs whose outcomes are known as joined; the machine is told when it can take it. */
export function noteJoins(draft: Draft): void {
  const { fanOuts, revision } = draft.record;
  if (!fanOuts.some(({ id, status }) => status === 'open' && draft.outcomes.has(id))) return;
  change(draft, {
    fanOuts: fanOuts.map((one) => {
      if (one.status !== 'open' || !draft.outcomes.has(one.id)) return one;
      const { dueAt, ...rest } = one;
      return { ...rest, status: 'ready' as const, joinedAt: draft.at, doneIn: revision + 1 };
    }),
  });
  draft.moved = true;
}

/** The machine was told of the join, or never will be. */
export function closeFanOut(draft: Draft, id: string): void {
  change(draft, {
    fanOuts: draft.record.fanOuts.map((one) => (one.id === id ? { ...one, status: 'joined' as const } : one)),
  });
}

/**
 * Has open branches of overdue fan-outs sent again. Those that were sent often enough are given up by the engine before
 * (`fanOutsToGiveUp`); should one be left, it is looked at again after as long.
 */
export function resubmitFanOuts(draft: Draft): void {
  const due = (one: FanOutState): boolean =>
    one.status === 'open' && one.dueAt !== undefined && Date.parse(one.dueAt) <= draft.now.getTime();
  if (!draft.record.fanOuts.some(due)) return;
  change(draft, {
    fanOuts: draft.record.fanOuts.map((one) => {
      if (!due(one)) return one;
      const again = one.resubmitted < (draft.compiled.fanOuts.get(one.name)?.resubmit ?? 0) ? 1 : 0;
      return withDeadline(draft, { ...one, resubmitted: one.resubmitted + again, sends: one.sends + again });
    }),
  });
}
