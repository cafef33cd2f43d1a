import type { Flow, Message, MessageNode, StepNode } from '../api/answers.ts';

/** A line of a flow: a message, or a step that takes the message above it. */
export interface Row {
  /** The same for the same line, however often the flow is asked for. */
  readonly key: string;
  readonly depth: number;
  readonly message: Message;
  /** Undefined for the message itself. */
  readonly step: StepNode | undefined;
}

/**
 * A flow line by line: under a message the steps that take it, under a step what it sent. A list, and no tree of
 * elements: a flow may be thousands of messages deep.
 */
export function rowsOf({ roots }: Pick<Flow, 'roots'>): Row[] {
  const rows: Row[] = [];
  const open: (readonly [MessageNode | { message: Message; step: StepNode }, number])[] = [];
  const later = (nodes: readonly (typeof open)[number][0][], depth: number): void => {
    for (const node of nodes.toReversed()) open.push([node, depth]);
  };
  later(roots, 0);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, depth] = next;
    const { message } = node;
    const place = `${message.stream}/${message.seq}`;
    if ('step' in node) {
      rows.push({ key: `${place} ${node.step.step}`, depth, message, step: node.step });
      later(node.step.emitted, depth + 1);
    } else {
      rows.push({ key: place, depth, message, step: undefined });
      later(node.next, depth + 1);
      later(
        node.steps.map((step) => ({ message, step })),
        depth + 1,
      );
    }
  }
  return rows;
}
