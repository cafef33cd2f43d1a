import type { Choreography } from './choreography.ts';
import { drawingOf, type Message } from './drawing.ts';

/** A Mermaid flowchart: an app is a frame around its steps; what starts and what ends a flow has a thick border. */
export function mermaid(choreography: Choreography): string[] {
  const { apps, messages, arrows } = drawingOf(choreography);
  const marked = messages.filter(({ flow }) => flow !== undefined).map(({ id }) => id);
  return [
    'flowchart LR',
    ...apps.flatMap(({ app, boxes }, n) => [
      `  subgraph a${n + 1}["${app}"]`,
      ...boxes.map(({ id, label }) => `    ${id}["${label}"]`),
      '  end',
    ]),
    ...messages.map((message) => `  ${nodeOf(message)}`),
    ...arrows.map(([from, to]) => `  ${from} --> ${to}`),
    ...(marked.length === 0 ? [] : ['  classDef flow stroke-width:4px', `  class ${marked.join(',')} flow`]),
  ];
}

function nodeOf({ id, label, shape }: Message): string {
  return shape === 'event' ? `${id}(["${label}"])` : `${id}{{"${label}"}}`;
}
