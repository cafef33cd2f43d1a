import { paint, shortId } from './flow-line.ts';
import type { FulfilmentStatus } from './fulfilment.ts';

const WIDTH = 24;

/** One line: how much of a fulfilment is done, as a bar and in numbers, and where it is. */
export function progressLine(flowId: string, { status, state, progress }: FulfilmentStatus): string {
  const { done, total } = progress;
  const filled = total === 0 ? 0 : Math.round((Math.min(done, total) / total) * WIDTH);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
  const where = status === 'running' && typeof state === 'string' ? state : status;
  return `  flow ${shortId(flowId)}  ${paint('bold', bar)}  ${done} of ${total}  ${where}`;
}
