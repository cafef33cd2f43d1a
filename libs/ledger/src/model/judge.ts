import { durationOf } from '@troupe/jetstream';
import { type Judgement, tasksOf, treeOf } from './assemble.ts';
import type { DeclaredFlow } from './choreography.ts';
import { type Carrier, type Queue, settlementOf } from './course.ts';
import { told } from './duration.ts';
import { declaredFor, isAwaited, openingOf, ownOf, partsOfParent } from './ends.ts';
import { type Directed, type Flow, type FlowState, isOpen, type MessageNode, type StepNode } from './flow.ts';
import type { HandOff } from './hand-off.ts';
import type { Message } from './message.ts';
import { lackOf, type Orchestrated, oneself } from './orchestrated.ts';
import { type FlowRecord, isDirect, type StoredMessage } from './record.ts';
import { placeName, sentenceOf } from './sentence.ts';

/** Knows no queue: positions are left open. */
const UNCOUNTED: Queue = () => ({ position: undefined, expectedMs: undefined });

/** What a flow is judged with, besides what is stored of it. */
export interface Asked {
  /** Default: positions are left open. */
  readonly queue?: Queue;
  /** What whoever asks calls it: `Order o-17`. */
  readonly name?: string | undefined;
  /** What the records of its orchestrations say: it is not over before they are. */
  readonly orchestrated?: readonly Orchestrated[];
  /** The flows that it handed off to. It may be over before they are. */
  readonly handOffs?: readonly HandOff[];
  /**
   * Contract ids of its ends, for a flow that declares none. When given, though empty, the flow is judged by itself:
   * what the orchestration that handed off to it does with it is left out.
   */
  readonly ends?: readonly string[];
}

/**
 * What a flow is, from all that is stored of it. It is called completed only when the broker was asked for its
 * consumers after the flow's last message was indexed: a younger consumer might still have work here.
 */
export function judge(record: FlowRecord, judgement: Judgement, asked: Asked = {}): Flow {
  const { queue = UNCOUNTED, name, orchestrated = [], handOffs = [], ends } = asked;
  const { now } = judgement;
  const outline = outlineOf(record, judgement, ends);
  const { own, opened, end, startedAt } = outline;
  const isOfParent = ends === undefined ? () => false : partsOfParent(record, judgement, ends);
  const tasks = tasksOf(record, judgement).filter(
    ({ message, expected }) => !isOfParent(message, expected.step),
  );
  const roots = treeOf(tasks, record, queue, now);
  const steps = [...stepsOf(roots)];
  const verdict = verdictOf(steps, outline, now, orchestrated);
  const first = own[0] ?? record.messages[0];
  const isCertain = !record.truncated && isWatched(record, judgement);
  const state = verdict.state === 'completed' && !isCertain ? 'running' : verdict.state;
  const lastAt = Math.max(startedAt, ...own.map(({ at }) => at));
  const flow = {
    id: record.id,
    state,
    reasons: verdict.reasons,
    type: opened?.type ?? first?.type ?? '',
    startedAt,
    lastAt,
    parent: first?.parent,
    handOffs,
    traces: tracesOf(own),
    end,
    roots,
    clockSkewMs: Math.max(0, ...own.map(({ at, saidAt }) => (saidAt === undefined ? 0 : saidAt - at))),
    truncated: record.truncated,
  };
  const called = name ?? `${oneself(orchestrated)} ${record.id}`;
  return { ...flow, sentence: sentenceOf(flow, steps, called, now, orchestrated) };
}

/** Whether `judge` calls a flow completed, without all else that it tells of it. */
export function isCompleted(
  record: FlowRecord,
  judgement: Judgement,
  orchestrated: readonly Orchestrated[] = [],
): boolean {
  if (record.truncated || !isWatched(record, judgement)) return false;
  const steps = tasksOf(record, judgement).map(({ message, expected: { step }, course }): Step => {
    const settlement = settlementOf(course, UNCOUNTED);
    return {
      step,
      message: { type: message.type, direct: isDirect(message) },
      settlement,
      overdue: undefined,
    };
  });
  const verdict = verdictOf(steps, outlineOf(record, judgement), judgement.now, orchestrated);
  return verdict.state === 'completed';
}

/** What the messages of a flow tell of it, whatever became of each. */
interface Outline {
  readonly own: readonly StoredMessage[];
  readonly opened: StoredMessage | undefined;
  readonly declared: DeclaredFlow | undefined;
  /** The declared end that it reached. */
  readonly end: string | undefined;
  readonly isEnded: boolean;
  readonly startedAt: number;
}

function outlineOf(record: FlowRecord, { expectations }: Judgement, ends?: readonly string[]): Outline {
  const own = ownOf(record);
  const opened = openingOf(own, expectations);
  const declared = declaredFor(opened, expectations, ends);
  const end = own.find(({ type }) => declared?.ends.includes(type))?.type;
  const isEnded = declared === undefined ? !isAwaited(own, expectations) : end !== undefined;
  const startedAt = (own[0] ?? record.messages[0])?.at ?? 0;
  return { own, opened, declared, end, isEnded, startedAt };
}

const MOST_TRACES = 20;

function tracesOf(messages: FlowRecord['messages']): string[] {
  const traces = new Set(messages.map(({ trace }) => trace));
  return [...traces].filter((trace) => trace !== undefined).slice(0, MOST_TRACES);
}

/** Whether the broker was asked for its consumers after the last message of the flow was indexed. */
export function isWatched({ census }: FlowRecord, { expectations }: Judgement): boolean {
  return expectations.census > census;
}

/** What waits in a queue whose length is to be counted. */
export function waitingIn(record: FlowRecord, judgement: Judgement): Carrier[] {
  return tasksOf(record, judgement).flatMap(({ course }) =>
    course.carriers.filter(({ seq, durable }) => durable !== undefined && seq > durable.delivered),
  );
}

/** Every message × step below these messages. */
export function* stepsOf(
  nodes: readonly MessageNode[],
): Generator<StepNode & { message: MessageNode['message'] }> {
  for (const { message, steps, next } of nodes) {
    for (const step of steps) {
      yield { ...step, message };
      yield* stepsOf(step.emitted);
    }
    yield* stepsOf(next);
  }
}

/** What of a step decides how its flow is. */
interface Step extends Pick<StepNode, 'step' | 'settlement' | 'overdue'> {
  readonly message: Pick<Message, 'type'> & Directed;
}

function verdictOf(
  steps: readonly Step[],
  { declared, end, isEnded, startedAt }: Outline,
  now: number,
  orchestrated: readonly Orchestrated[],
): { state: FlowState; reasons: string[] } {
  const failed = steps.flatMap(({ step, message, settlement }) =>
    settlement.state === 'dead-lettered' ? [`${step} set ${message.type} aside: ${settlement.reason}`] : [],
  );
  const lacks = orchestrated.map(lackOf);
  failed.push(...lacks.flatMap((lack) => (lack?.state === 'failed' ? [lack.reason] : [])));
  if (failed.length > 0) return { state: 'failed', reasons: failed };
  const open = steps.filter(isOpen);
  if (isEnded && open.length === 0 && orchestrated.every((one) => one.isOver))
    return { state: 'completed', reasons: [] };
  const stuck = lacks.flatMap((lack) => (lack?.state === 'stalled' ? [lack.reason] : []));
  const reasons = [...stuck, ...open.flatMap(delayOf)];
  const within = durationOf(declared?.within);
  if (declared !== undefined && within !== undefined && startedAt + within < now) {
    const missing = end === undefined ? `: none of ${declared.ends.join(', ')} came` : '';
    reasons.push(`it is ${told(now - startedAt - within)} past its deadline of ${declared.within}${missing}`);
  }
  return { state: reasons.length > 0 ? 'stalled' : 'running', reasons };
}

function delayOf({ step, message, settlement, overdue }: Step): string[] {
  if (settlement.state === 'waiting' && settlement.noConsumer)
    return [`waiting for ${placeName(step)}: no instance, and no consumer for ${message.type}`];
  if (overdue === undefined) return [];
  const expected = overdue.expected.length > 0 ? ` with ${overdue.expected.join(' or ')}` : '';
  return [`${step} did not answer ${message.type}${expected}: it is ${told(overdue.byMs)} overdue`];
}
