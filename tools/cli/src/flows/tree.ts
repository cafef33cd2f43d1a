import type { Flow, MessageNode, Overdue, Settlement, StepNode } from '@troupe/ledger';
import { plain } from '../table.ts';
import { shownSpan } from '../times.ts';

/** A flow for people: message, the steps that take it, the messages that each of them sent; then what it handed off. */
export function treeOf({ roots, startedAt, truncated, handOffs }: Flow, now = Date.now()): string[] {
  const lines = roots.flatMap((root) => [
    lineOf(root, startedAt),
    ...branches(childrenOf(root), startedAt, now),
  ]);
  const more = truncated ? ['… and more'] : [];
  const handed = handOffs.map(
    (one) => `→ flow ${one.flow}  +${shownSpan(one.startedAt - startedAt)} ${one.sentence}`,
  );
  return [...lines, ...more, ...handed].map(plain);
}

/** What hangs below a message or a step: steps first, then messages that no step of ours sent. */
type Child = { readonly step: StepNode; readonly at: number } | { readonly node: MessageNode };

function childrenOf({ message, steps, next }: MessageNode): Child[] {
  return [...steps.map((step) => ({ step, at: message.at })), ...next.map((node) => ({ node }))];
}

function branches(children: readonly Child[], startedAt: number, now: number): string[] {
  return children.flatMap((child, i) => {
    const isLast = i === children.length - 1;
    const [line, below] =
      'node' in child
        ? [lineOf(child.node, startedAt), childrenOf(child.node)]
        : [stepLine(child.step, child.at, now), child.step.emitted.map((node) => ({ node }))];
    return [
      `${isLast ? '└─ ' : '├─ '}${line}`,
      ...branches(below, startedAt, now).map((rest) => `${isLast ? '   ' : '│  '}${rest}`),
    ];
  });
}

function lineOf({ message, steps }: MessageNode, startedAt: number): string {
  const { type, at, stream, seq } = message;
  const nobody = steps.length === 0 ? ', no step takes it' : '';
  return `${type}  +${shownSpan(at - startedAt)} (${stream}/${seq}${nobody})`;
}

function stepLine({ step, settlement, overdue }: StepNode, at: number, now: number): string {
  return `${step.replace('__', '/')}: ${stateOf(settlement, at, now)}${lateness(overdue)}`;
}

function stateOf(settlement: Settlement, at: number, now: number): string {
  switch (settlement.state) {
    case 'waiting': {
      const { position, expectedMs, noConsumer } = settlement;
      if (noConsumer) return 'waiting, and there is no consumer';
      const place = position === undefined ? '' : `, position ${position}`;
      return `waiting${place}${expectedMs === undefined ? '' : `, about ${shownSpan(expectedMs)}`}`;
    }
    case 'in-flight':
      return `in flight${settlement.since === undefined ? '' : ` for ${shownSpan(now - settlement.since)}`}`;
    case 'retrying': {
      const { attempt, nextAt, error } = settlement;
      const tries = attempt === undefined ? '' : ` after attempt ${attempt}`;
      const when = nextAt === undefined || nextAt <= now ? '' : ` in ${shownSpan(nextAt - now)}`;
      return `retrying${when}${tries}${error === undefined ? '' : `: ${error}`}`;
    }
    case 'done':
      return settlement.at === undefined ? 'done' : `done within ${shownSpan(settlement.at - at)}`;
    case 'dead-lettered': {
      const { reason, letter, error } = settlement;
      const place = letter === undefined ? '' : ` (troupe dead-letters show ${letter})`;
      return `dead-lettered, ${reason}${error === undefined ? '' : `: ${error}`}${place}`;
    }
    case 'redriven':
      return settlement.as === undefined
        ? `redriven from dead letter ${settlement.letter}, not answered yet`
        : `dead letter ${settlement.letter} was edited, and sent as ${settlement.as}`;
    case 'unknown':
      return `unknown: ${settlement.why}`;
  }
}

function lateness(overdue: Overdue | undefined): string {
  if (overdue === undefined) return '';
  const expected = overdue.expected.length === 0 ? '' : `, without ${overdue.expected.join(' or ')}`;
  return `, overdue by ${shownSpan(overdue.byMs)}${expected}`;
}
