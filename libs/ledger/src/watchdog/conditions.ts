import { told } from '../model/duration.ts';
import type { StepView } from '../query/steps.ts';
import type { Freshness } from '../query/whereabouts.ts';
import type { AlertKind, Condition } from './alert.ts';
import type { OpenGroup } from './letter-groups.ts';
import type { StallGroup } from './stalls.ts';
import type { StreamFill } from './stream-fill.ts';

/** All that can be seen at one moment. What could not be looked at is undefined, and is not judged. */
export interface Observation {
  readonly now: number;
  readonly freshness: Freshness;
  readonly steps: readonly StepView[] | undefined;
  readonly stalls: readonly StallGroup[] | undefined;
  readonly letters: readonly OpenGroup[] | undefined;
  readonly streams: readonly StreamFill[] | undefined;
}

/** What is wrong, and of which kinds that was judged: an alert of another kind stays as it is. */
export interface Verdict {
  readonly conditions: readonly Condition[];
  readonly judged: ReadonlySet<AlertKind>;
}

/** Beyond that the ledger is too old to tell of flows and steps: their alerts stay as they are. */
export const FRESH_MS = 3_000;
/** Beyond that it is an alert. */
const BEHIND_MS = 10_000;
/** A group grows when so many letters came to it within so long. */
export const GROWTH_LETTERS = 10;
export const GROWTH_MS = 5 * 60_000;
/** A stream that is so full has an alert. */
export const FILLING = 0.7;

/** Judges what is seen, by nothing else. */
export function conditionsOf({ now, freshness, steps, stalls, letters, streams }: Observation): Verdict {
  const conditions: Condition[] = ledgerConditions(freshness);
  const judged = new Set<AlertKind>(['ledger-behind']);
  const judge = (kinds: readonly AlertKind[], found: readonly Condition[]): void => {
    for (const kind of kinds) judged.add(kind);
    conditions.push(...found);
  };
  const isFresh = freshness.behindMs <= FRESH_MS;
  if (isFresh && stalls !== undefined) judge(['stalled-flow'], stallConditions(stalls, now));
  if (isFresh && steps !== undefined)
    judge(['step-without-consumer', 'step-without-instance'], stepConditions(steps, stalls ?? []));
  if (letters !== undefined)
    judge(
      ['dead-letter-group', 'dead-letter-growth', 'contract-break'],
      letterConditions(letters, steps ?? [], now),
    );
  if (streams !== undefined) judge(['stream-filling'], streamConditions(streams));
  return { conditions, judged };
}

const NOBODY = { app: undefined, step: undefined, missing: [], flow: undefined } as const;

function ledgerConditions({ asOf, behindMs, problem }: Freshness): Condition[] {
  if (behindMs <= BEHIND_MS) return [];
  const behind =
    asOf === 0 ? 'The ledger has not read the streams yet' : `The ledger is ${told(behindMs)} behind`;
  const sentence = `${behind}${problem === undefined ? '' : `: ${problem}`}. What became of flows since is not known.`;
  const count = Math.round(Math.min(behindMs, Number.MAX_SAFE_INTEGER) / 1_000);
  return [{ id: 'ledger-behind', kind: 'ledger-behind', sentence, count, ...NOBODY }];
}

function stallConditions(stalls: readonly StallGroup[], now: number): Condition[] {
  return stalls
    .filter(({ cause }) => cause !== 'no-consumer')
    .map((stall) => {
      const { cause, app, step, type, missing, flows, oldest: flow, since } = stall;
      const id = `stalled-flow/${cause === 'late' ? 'late/' : ''}${step}/${type}`;
      const sentence = `${counted(flows, 'flow')} ${flows === 1 ? 'is' : 'are'} stalled: ${stallOf(stall)}; the oldest, ${flow}, for ${told(now - since)}.`;
      return { id, kind: 'stalled-flow', sentence, app, step, missing, count: flows, flow };
    });
}

function stallOf({ cause, step, type, missing }: StallGroup): string {
  const expected = missing.join(' or ');
  if (cause === 'overdue')
    return `${step} did not answer ${type}${expected === '' ? '' : ` with ${expected}`} in time`;
  const came = expected === '' ? 'past the deadline' : `past the deadline without ${expected}`;
  return `${came}, for which ${step} is to act on ${type}`;
}

function stepConditions(steps: readonly StepView[], stalls: readonly StallGroup[]): Condition[] {
  return steps.flatMap((view) => [...withoutConsumer(view, stalls), ...withoutInstance(view)]);
}

function withoutConsumer({ step, app, emits, queues }: StepView, stalls: readonly StallGroup[]): Condition[] {
  return queues
    .filter(({ hasConsumer }) => !hasConsumer)
    .map(({ subject }) => {
      const waiting = stalls.filter(
        (stall) => stall.cause === 'no-consumer' && stall.step === step && subject.endsWith(`.${stall.type}`),
      );
      const count = waiting.reduce((sum, { flows }) => sum + flows, 0);
      const wait = count === 0 ? '' : `; ${counted(count, 'flow')} ${count === 1 ? 'waits' : 'wait'} for it`;
      const sentence = `${step} is declared, but has no consumer for ${subject}${wait}.`;
      const about = { app, step, missing: emits, count, flow: waiting[0]?.oldest };
      return {
        id: `step-without-consumer/${step}/${subject}`,
        kind: 'step-without-consumer',
        sentence,
        ...about,
      };
    });
}

function withoutInstance({ step, app, emits, queues, instances }: StepView): Condition[] {
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting + queue.inFlight, 0);
  if (waiting === 0 || (instances ?? 0) > 0) return [];
  const quietSince = Math.max(0, ...queues.map(({ lastSeenAt }) => lastSeenAt ?? 0));
  const sentence = `${step} has ${counted(waiting, 'message')} to handle, and no instance of ${app} answers for it.`;
  const about = { app, step, missing: emits, count: waiting, flow: undefined, quietSince };
  return [{ id: `step-without-instance/${step}`, kind: 'step-without-instance', sentence, ...about }];
}

function letterConditions(
  letters: readonly OpenGroup[],
  steps: readonly StepView[],
  now: number,
): Condition[] {
  return letters.flatMap((group) => {
    const { fingerprint, step, app, reason, error, type, sources, count, flow, lastTimes } = group;
    const missing = steps.find((view) => view.step === step)?.emits ?? [];
    const isBreak = reason.startsWith('contract-');
    const about = { app, step, missing, count, flow, ...(isBreak && { sources }) };
    const kind: AlertKind = isBreak ? 'contract-break' : 'dead-letter-group';
    const from = sources.length === 0 ? '' : ` from ${sources.join(', ')}`;
    const why = error === '' ? reason : `${reason}, ${error}`;
    const unanswered = missing.length === 0 ? '' : `; it was to answer with ${missing.join(' or ')}`;
    const sentence = `${step} set ${counted(count, 'message')} of ${type ?? 'unknown type'}${from} aside (${why})${unanswered}.`;
    const open: Condition = { id: `${kind}/${fingerprint}`, kind, sentence, ...about };
    if (lastTimes.length < GROWTH_LETTERS || now - (lastTimes[0] ?? 0) > GROWTH_MS) return [open];
    const growth = `${step} goes on setting messages aside (${why}): ${GROWTH_LETTERS} or more within ${told(GROWTH_MS)}, ${count} in all.`;
    const grows = {
      id: `dead-letter-growth/${fingerprint}`,
      kind: 'dead-letter-growth',
      sentence: growth,
    } as const;
    return [open, { ...grows, ...about }];
  });
}

function streamConditions(streams: readonly StreamFill[]): Condition[] {
  return streams
    .filter(({ bytes, maxBytes }) => bytes >= maxBytes * FILLING)
    .map(({ stream, bytes, maxBytes }) => {
      const count = Math.floor((bytes / maxBytes) * 100);
      const sentence = `The stream ${stream} is ${count} % full; full, it refuses new messages.`;
      return { id: `stream-filling/${stream}`, kind: 'stream-filling', sentence, ...NOBODY, count };
    });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
