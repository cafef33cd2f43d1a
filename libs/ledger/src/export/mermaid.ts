import { told } from '../model/duration.ts';
import type { Flow, MessageNode, StepNode } from '../model/flow.ts';
import { isSettled } from '../model/settlement.ts';

/** Messages of one diagram: a person reads no more. */
const MOST_ARROWS = 200;

/**
 * A flow as a Mermaid sequence diagram: an arrow for each message and step that takes it, solid once that is done, and
 * a note where something else is the case. A flow of more than 200 arrows is cut, and says so. Flows that it handed off
 * to are participants of their own.
 */
export function mermaidOf(flow: Flow): string {
  const lines: string[] = [];
  const apps: string[] = [];
  const nameOf = (app: string): string => {
    if (!apps.includes(app)) apps.push(app);
    return `p${apps.indexOf(app)}`;
  };
  const arrows = arrowsOf(flow.roots);
  for (const { node, step } of arrows.slice(0, MOST_ARROWS)) {
    const from = nameOf(node.message.app ?? node.message.source);
    const after = `+${told(node.message.at - flow.startedAt)}`;
    const text = `${node.message.type} (${after})`;
    if (step === undefined) {
      lines.push(`${from}->>${from}: ${escaped(text)}`);
      continue;
    }
    const to = nameOf(step.app);
    lines.push(`${from}${isSettled(step.settlement) ? '->>' : '-->>'}${to}: ${escaped(text)}`);
    if (step.settlement.state !== 'done') lines.push(`Note over ${to}: ${escaped(noteOf(step))}`);
  }
  if (arrows.length > MOST_ARROWS) lines.push(`Note over p0: ${arrows.length - MOST_ARROWS} more`);
  if (flow.parent !== undefined && arrows.length > 0)
    lines.unshift(`Note over p0: handed off by flow ${escaped(flow.parent)}`);
  for (const { app, flow: id, state, sentence } of flow.handOffs) {
    const [from, to] = [nameOf(app ?? flow.id), nameOf(`flow ${id}`)];
    lines.push(`${from}${state === 'completed' ? '->>' : '-->>'}${to}: ${escaped(sentence)}`);
  }
  const participants = apps.map((app, i) => `participant p${i} as ${escaped(app)}`);
  return ['sequenceDiagram', ...[...participants, ...lines].map((line) => `  ${line}`), ''].join('\n');
}

interface Arrow {
  readonly node: MessageNode;
  /** Undefined for a message that no step takes. */
  readonly step: StepNode | undefined;
}

/** In the order in which messages were stored. */
function arrowsOf(roots: readonly MessageNode[]): Arrow[] {
  const arrows: Arrow[] = [];
  const walk = (node: MessageNode): void => {
    if (node.steps.length === 0) arrows.push({ node, step: undefined });
    for (const step of node.steps) {
      arrows.push({ node, step });
      step.emitted.forEach(walk);
    }
    node.next.forEach(walk);
  };
  roots.forEach(walk);
  return arrows.sort((a, b) => a.node.message.at - b.node.message.at);
}

function noteOf({ step, settlement, overdue }: StepNode): string {
  const late = overdue === undefined ? '' : `, ${told(overdue.byMs)} overdue`;
  const why = 'reason' in settlement ? ` (${settlement.reason})` : '';
  return `${step}: ${settlement.state}${why}${late}`;
}

/** What Mermaid would take for the end of a line or of a statement, as an entity of its own kind. */
function escaped(text: string): string {
  return text.replace(/[#;<>\r\n%{}]/g, (character) => `#${character.codePointAt(0)};`);
}
