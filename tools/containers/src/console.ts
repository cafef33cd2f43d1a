import { until } from './until.ts';

/** What a killed app was at comes again after 30 s; the rest is for slow machines. */
export const OUTCOME_TIME = 300_000;

/** What is read of a flow as the console has it. */
export interface Flow {
  readonly state: string;
  readonly sentence: string;
  /** Ids of its traces, and where they are to be seen. */
  readonly traces: readonly string[];
  readonly links: { readonly traces: readonly string[] };
  readonly roots: readonly MessageNode[];
}

interface MessageNode {
  readonly message: { readonly type: string };
  readonly steps: readonly StepNode[];
  readonly next: readonly MessageNode[];
}

/** A message × step; a dead letter has a number. */
export interface StepNode {
  readonly settlement: { readonly letter?: number };
  readonly emitted: readonly MessageNode[];
}

/** Undefined while the ledger does not know it. */
export async function flowOf(console: string, flowId: string): Promise<Flow | undefined> {
  const answer = await fetch(`${console}/flows/${encodeURIComponent(flowId)}`);
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`the console answered ${answer.status}`);
  const { flow } = (await answer.json()) as { flow: Flow };
  return flow;
}

/** Every message × step of a flow. */
export function* stepsOf({ roots }: Flow): Generator<StepNode> {
  const open = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield* node.steps;
    open.push(...node.next, ...node.steps.flatMap(({ emitted }) => emitted));
  }
}

/** The flow when it is completed. */
export function completed(console: string, flowId: string): Promise<Flow> {
  const look = async () => {
    const flow = await flowOf(console, flowId);
    return flow?.state === 'completed' ? flow : undefined;
  };
  return until(`flow ${flowId} is completed`, look, OUTCOME_TIME);
}

/** How many messages of each contract a flow has; one that is stored twice counts twice. */
export function messagesOf({ roots }: Flow): Record<string, number> {
  const counts: Record<string, number> = {};
  const count = ({ message, steps, next }: MessageNode): void => {
    counts[message.type] = (counts[message.type] ?? 0) + 1;
    for (const { emitted } of steps) emitted.forEach(count);
    next.forEach(count);
  };
  roots.forEach(count);
  return counts;
}
