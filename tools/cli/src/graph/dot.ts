import type { Choreography } from './choreography.ts';
import { drawingOf } from './drawing.ts';

/** A Graphviz digraph: an app is a cluster of its steps; what starts and what ends a flow has a bold border. */
export function dot(choreography: Choreography): string[] {
  const { apps, messages, arrows } = drawingOf(choreography);
  return [
    'digraph choreography {',
    '  rankdir=LR;',
    ...apps.flatMap(({ app, boxes }, n) => [
      `  subgraph cluster_${n + 1} {`,
      `    label="${app}";`,
      ...boxes.map(({ id, label }) => `    ${id} [label="${label}", shape=box];`),
      '  }',
    ]),
    ...messages.map(({ id, label, shape, flow }) => {
      const drawn = shape === 'event' ? 'ellipse' : 'hexagon';
      return `  ${id} [label="${label}", shape=${drawn}${flow === undefined ? '' : ', style=bold'}];`;
    }),
    ...arrows.map(([from, to]) => `  ${from} -> ${to};`),
    '}',
  ];
}
