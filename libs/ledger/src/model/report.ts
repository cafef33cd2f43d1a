import { type Flow, isOpen, type MessageNode, type StepNode } from './flow.ts';
import type { FlowReport, ReportedEnd, ReportedLetter, ReportedStep } from './flow-report.ts';
import { stepsOf } from './judge.ts';
import type { Message } from './message.ts';
import { placeName } from './sentence.ts';
import { isSettled } from './settlement.ts';

/** A message that ends a flow; with what it says, where that is told. */
export interface End {
  readonly message: Message;
  readonly payload?: { readonly data: unknown };
}

/** What a report says besides how the flow is. */
export interface ReportBasis {
  readonly ends: readonly End[];
  readonly asOf: number;
  readonly behindMs: number;
  /** What is not known besides. */
  readonly lacks: readonly string[];
}

type Step = StepNode & Pick<MessageNode, 'message'>;

const MOST_ENDS = 100;
const MOST_STEPS = 200;
const MOST_LETTERS = 20;
const MOST_LACKS = 20;

/** Adds a flow up. What a step is told alone counts, as it does for whether the flow failed. */
export function reportOf(flow: Flow, basis: ReportBasis): FlowReport {
  const { id, parent, state, startedAt, lastAt } = flow;
  const all = [...stepsOf(flow.roots)];
  const steps = [...Map.groupBy(all, ({ step }) => step)].map(([step, tasks]) => stepOf(step, tasks));
  const letters = all.flatMap(letterOf);
  const isOver = state === 'completed';
  const lacks = [
    ...basis.lacks,
    ...unknownIn(all),
    ...leftOut(basis.ends.length, MOST_ENDS, 'ends'),
    ...leftOut(steps.length, MOST_STEPS, 'steps'),
    ...leftOut(letters.length, MOST_LETTERS, 'dead letters'),
  ];
  return {
    flowId: id,
    parentFlowId: parent,
    state,
    startedAt: textOf(startedAt),
    endedAt: isOver ? textOf(lastAt) : undefined,
    durationMs: isOver ? lastAt - startedAt : undefined,
    ends: basis.ends.slice(0, MOST_ENDS).map(endOf),
    steps: steps.slice(0, MOST_STEPS),
    branches: branchesIn(flow.roots),
    retries: steps.reduce((sum, { retries }) => sum + retries, 0),
    deadLetters: letters.slice(0, MOST_LETTERS),
    asOf: { behindMs: basis.behindMs, at: textOf(basis.asOf) },
    lacks: lacks.slice(0, MOST_LACKS),
  };
}

function endOf({ message, payload }: End): ReportedEnd {
  const { type, id, source, at } = message;
  return { contract: type, messageId: id, source, at: textOf(at), ...payload };
}

function stepOf(step: string, tasks: readonly Step[]): ReportedStep {
  const isSetAside = ({ settlement }: Step): boolean => settlement.state === 'dead-lettered';
  const done = tasks.filter(({ settlement }) => isSettled(settlement)).length;
  const deadLetters = tasks.filter(isSetAside).length;
  const times = tasks.flatMap((task) => timeOf(task) ?? []).sort((a, b) => a - b);
  const [max] = times.slice(-1);
  const [median] = times.slice((times.length - 1) >> 1);
  return {
    step,
    messages: tasks.length,
    done,
    waiting: tasks.length - done - deadLetters,
    retries: tasks.reduce((sum, { retries }) => sum + retries, 0),
    deadLetters,
    timeMs: median === undefined || max === undefined ? undefined : { median, max },
  };
}

function timeOf({ settlement, message, emitted }: Step): number | undefined {
  if (settlement.state !== 'done') return undefined;
  const ends = settlement.at === undefined ? emitted.map((node) => node.message.at) : [settlement.at];
  return ends.length === 0 ? undefined : Math.max(0, Math.max(...ends) - message.at);
}

function letterOf({ step, settlement, message }: Step): ReportedLetter[] {
  if (settlement.state !== 'dead-lettered') return [];
  const { reason, at } = settlement;
  return [{ step, reason, messageId: message.id, at: at === undefined ? undefined : textOf(at) }];
}

function branchesIn(roots: readonly MessageNode[]): FlowReport['branches'] {
  let total = 0;
  let open = 0;
  const nodes = roots.flatMap(forAll);
  for (const node of nodes) {
    const came = cameOf(node);
    const isWaitedFor = node.steps.some((step) => isOpen({ ...step, message: node.message }));
    if (isWaitedFor || came.length === 0) total++;
    if (isWaitedFor) open++;
    nodes.push(...came);
  }
  return { total, open };
}

function cameOf({ steps, next }: MessageNode): MessageNode[] {
  return [...steps.flatMap(({ emitted }) => emitted), ...next].flatMap(forAll);
}

/** A message; in place of one that a step was told alone, what came of that. */
function forAll(node: MessageNode): MessageNode[] {
  return node.message.direct === true ? cameOf(node) : [node];
}

/** A sentence for each step of which something is not known. */
function unknownIn(all: readonly Step[]): string[] {
  return [...Map.groupBy(all, ({ step }) => step)].flatMap(([step, tasks]) => {
    const place = placeName(step);
    const [unknown] = tasks.filter(({ settlement }) => settlement.state === 'unknown');
    const untimed = tasks.filter((task) => task.settlement.state === 'done' && timeOf(task) === undefined);
    const lost = unknown?.settlement.state === 'unknown' ? unknown.settlement.why : undefined;
    return [
      ...(lost === undefined ? [] : [`what became of a message at ${place} is not known: ${lost}`]),
      ...(untimed.length === 0
        ? []
        : [
            `when ${untimed.length} of ${tasks.length} messages were done at ${place}, and after how many attempts, is not known: the ledger did not hear it`,
          ]),
    ];
  });
}

function leftOut(count: number, most: number, what: string): string[] {
  return count > most ? [`${count - most} of ${count} ${what} are left out`] : [];
}

function textOf(at: number): string {
  return new Date(at).toISOString();
}
