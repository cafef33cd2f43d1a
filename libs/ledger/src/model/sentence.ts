import { told } from './duration.ts';
import { type Flow, isOpen, type StepNode } from './flow.ts';
import type { Message } from './message.ts';
import { doingOfOrchestrated, type Orchestrated } from './orchestrated.ts';

type Step = StepNode & { readonly message: Message };

/** Where it is, for whoever asks: `Order o-17 waits for inventory (position 312, about 4 s); payment.authorized.v1 2.1 s ago.` */
export function sentenceOf(
  flow: Omit<Flow, 'sentence'>,
  steps: readonly Step[],
  name: string,
  now: number,
  orchestrated: readonly Orchestrated[] = [],
): string {
  const ago = (at: number): string => `${told(now - at)} ago`;
  const last = lastOf(steps, flow);
  const latest = last === undefined ? '' : `; ${last.type} ${ago(last.at)}`;
  const open = steps.filter(isOpen);
  switch (flow.state) {
    case 'completed':
      return `${name} is completed: ${flow.end ?? last?.type ?? flow.type}, ${ago(flow.lastAt)}.`;
    case 'failed':
      return `${name} failed: ${listed(flow.reasons)}${latest}.`;
    case 'stalled':
      return `${name} is stalled: ${listed(flow.reasons)}${latest}.`;
    default: {
      const doing = [
        ...orchestrated.flatMap(doingOfOrchestrated),
        ...new Set(open.map((step) => doingOf(step, now))),
        ...new Set(flow.handOffs.flatMap(({ state, sentence }) => (state === 'completed' ? [] : [sentence]))),
      ];
      const what = doing.length > 0 ? listed(doing, ' and ') : 'waits for its next message';
      return `${name} ${what}${latest}.`;
    }
  }
}

function doingOf({ app, settlement, message }: Step, now: number): string {
  switch (settlement.state) {
    case 'waiting': {
      const { position, expectedMs } = settlement;
      const expected = expectedMs === undefined ? '' : `, about ${told(expectedMs)}`;
      return `waits for ${app}${position === undefined ? '' : ` (position ${position}${expected})`}`;
    }
    case 'in-flight': {
      const since = settlement.since === undefined ? '' : ` since ${told(now - settlement.since)}`;
      return `is in the hands of ${app}${since}`;
    }
    case 'retrying': {
      const { attempt, nextAt, error } = settlement;
      const tries = attempt === undefined ? '' : ` after attempt ${attempt}`;
      const when = nextAt === undefined || nextAt <= now ? '' : ` in ${told(nextAt - now)}`;
      return `is tried again by ${app}${when}${tries}${error === undefined ? '' : ` (${error})`}`;
    }
    case 'redriven':
      return `was sent to ${app} again`;
    default:
      return `may be with ${app}: what became of ${message.type} is not known`;
  }
}

/** A step in a sentence: `carrier.sort`. */
export function placeName(step: string): string {
  return step.replace('__', '.');
}

/** The message that was stored last, of those that are for more than one step. */
export function lastOf(steps: readonly Step[], { roots }: Pick<Flow, 'roots'>): Message | undefined {
  const messages = [
    ...roots.map(({ message }) => message),
    ...steps.flatMap(({ emitted }) => emitted.map(({ message }) => message)),
  ];
  return messages.reduce<Message | undefined>(
    (last, message) =>
      message.direct !== true && (last === undefined || message.at > last.at) ? message : last,
    undefined,
  );
}

/** The first three, and how many more there are. */
export function listed(parts: readonly string[], glue = '; '): string {
  const more = parts.length > 3 ? `${glue}${parts.length - 3} more` : '';
  return parts.slice(0, 3).join(glue) + more;
}
