import { setTimeout as delay } from 'node:timers/promises';
import { EndedEarlyError } from './errors.ts';
import { Pauses } from './pauses.ts';

/** What is to run on, over as many runs as that takes. */
export interface Supervised {
  /** The app, or `broker`. */
  readonly name: string;
  /** The process of the latest run. */
  readonly pid: number;
  /** Resolves when the latest run ended by itself, with how in words. */
  readonly exited: Promise<string>;
  /** Starts the next run and resolves when it is ready. Rejects, with nothing left running, when it does not get there. */
  runAgain(stop: AbortSignal): Promise<void>;
}

/** A process ended by itself. */
export interface ProcessEnd {
  /** The app, or `broker`. */
  readonly process: string;
  readonly pid: number;
  /** In words: `by SIGKILL`, `exit code 1`. */
  readonly how: string;
  /** After how many milliseconds it is started again. */
  readonly pauseMs: number;
}

/** A process is ready again. */
export interface ProcessReturn {
  /** The app, or `broker`. */
  readonly process: string;
  /** Another one than before. */
  readonly pid: number;
  /** For how many milliseconds it was not there: from its end to being ready. */
  readonly awayMs: number;
}

/** Who is told what becomes of the processes; none of it may throw. */
export interface Observer {
  readonly onEnded: (end: ProcessEnd) => void;
  readonly onReturned: (back: ProcessReturn) => void;
  /** It did not become ready time after time, and is not started again. */
  readonly onGivenUp: (error: unknown) => void;
}

/** So many starts in a row that do not get ready are no accident: taken port, wrong setting, broken build. */
const STARTS = 5;

/**
 * Starts a process again whenever it ends by itself. Resolves when `stop` was aborted and the process ended for it, or
 * when it gave up.
 *
 * @param process is ready
 * @param pauses before it is started again; they grow unless said otherwise
 */
export async function supervise(
  process: Supervised,
  stop: AbortSignal,
  observer: Observer,
  pauses: Pick<Pauses, 'next'> = new Pauses(),
): Promise<void> {
  let readyAt = performance.now();
  for (;;) {
    const how = await process.exited;
    const endedAt = performance.now();
    if (!(await bringBack(process, { how, ranFor: endedAt - readyAt, pauses, stop, observer }))) return;
    readyAt = performance.now();
    observer.onReturned({ process: process.name, pid: process.pid, awayMs: readyAt - endedAt });
  }
}

interface Ending {
  readonly how: string;
  readonly ranFor: number;
  readonly pauses: Pick<Pauses, 'next'>;
  readonly stop: AbortSignal;
  readonly observer: Observer;
}

/** True when it is ready again. */
async function bringBack(process: Supervised, ending: Ending): Promise<boolean> {
  const { pauses, stop, observer } = ending;
  let { how, ranFor } = ending;
  for (let start = 1; !stop.aborted; start++) {
    const pauseMs = pauses.next(ranFor);
    observer.onEnded({ process: process.name, pid: process.pid, how, pauseMs });
    await delay(pauseMs, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return false;
    try {
      await process.runAgain(stop);
      return !stop.aborted;
    } catch (error) {
      if (stop.aborted) return false;
      if (start === STARTS) {
        observer.onGivenUp(error);
        return false;
      }
      how = `${reason(error)} before it was ready`;
      ranFor = 0;
    }
  }
  return false;
}

/** Without the lines of the log that follow. */
function reason(error: unknown): string {
  if (error instanceof EndedEarlyError) return error.how;
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return line;
}
