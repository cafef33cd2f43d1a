import { milliseconds, paint } from './flow-line.ts';
import type { ProcessEnd, ProcessReturn } from './supervision.ts';

/** One line: a process ended by itself, and when it is started again. */
export function endedText({ process, pid, how, pauseMs }: ProcessEnd, logFile: string): string {
  const pause = `${pauseMs / 1_000} s`;
  const text = `${process} (process ${pid}) ended: ${how}; it is started again in ${pause} (log ${logFile})`;
  return `  ${paint('yellow', text)}`;
}

/** One line: a process is ready again. */
export function returnedText({ process, pid, awayMs }: ProcessReturn): string {
  return `  ${paint('green', `${process} is back (process ${pid}), ready ${milliseconds(awayMs)} after its end`)}`;
}
