import type { Choreography } from './choreography.ts';

/** A choreography as boxes and arrows. A name given by a package goes into labels only; ids are numbers. */
export interface Drawing {
  readonly apps: readonly { readonly app: string; readonly boxes: readonly Box[] }[];
  readonly messages: readonly Message[];
  /** From and to ids of boxes and messages. */
  readonly arrows: readonly (readonly [from: string, to: string])[];
}

/** A step, or the part of an app that sends outside of steps. */
export interface Box {
  readonly id: string;
  readonly label: string;
}

/** A contract. */
export interface Message extends Box {
  readonly shape: 'event' | 'command';
  readonly flow: 'starts' | 'ends' | undefined;
}

export function drawingOf({ apps, contracts }: Choreography): Drawing {
  const flows = apps.flatMap((app) => app.flows);
  const starts = new Set(flows.map((flow) => flow.starts));
  const ends = new Set(flows.flatMap((flow) => flow.ends));
  const messages = contracts.map(({ id, kind }, n): Message => {
    const flow = starts.has(id) ? 'starts' : ends.has(id) ? 'ends' : undefined;
    return { id: `m${n + 1}`, label: id, shape: kind, flow };
  });
  const message = new Map(messages.map(({ id, label }) => [label, id]));
  const arrows: [string, string][] = [];
  let boxes = 0;
  const drawn = apps.map(({ app, produces, steps }) => {
    const own: Box[] = [];
    const box = (label: string, consumes: readonly string[], emits: readonly string[]): void => {
      const id = `s${++boxes}`;
      own.push({ id, label });
      for (const contract of consumes) arrows.push([message.get(contract) ?? contract, id]);
      for (const contract of emits) arrows.push([id, message.get(contract) ?? contract]);
    };
    if (produces.length > 0) box('(sends)', [], produces);
    for (const { step, consumes, emits } of steps) box(step.slice(app.length + 2), consumes, emits);
    return { app, boxes: own };
  });
  return { apps: drawn, messages, arrows };
}
