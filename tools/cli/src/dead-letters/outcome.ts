import type { Operation, RunOptions } from '@troupe/jetstream';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Runs an operation to its end, shows how far it is, and tells how it ended. When it breaks off, how to go on is told
 * before the error.
 */
export async function carryOut(
  { terminal, signal, values }: Work,
  begin: (options: RunOptions) => Promise<Operation>,
): Promise<ExitCode> {
  let id: string | undefined;
  const onProgress = (operation: Operation): void => {
    id = operation.id;
    terminal.progress(summary(operation));
  };
  const answerWithinMs = secondsOf(values.wait);
  try {
    return report(terminal, await begin({ signal, onProgress, answerWithinMs }), values.json);
  } catch (error) {
    if (id !== undefined) terminal.say(howToGoOn(id));
    throw error;
  }
}

/** What of a command's run an operation needs. */
interface Work {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly values: { readonly wait?: string | undefined; readonly json?: boolean | undefined };
}

/** Tells how an operation ended. */
function report(terminal: Terminal, operation: Operation, json: boolean | undefined): ExitCode {
  if (json) terminal.out(JSON.stringify(operation));
  else {
    terminal.out(summary(operation));
    if (operation.state === 'paused' || operation.state === 'waiting') terminal.say(howToGoOn(operation.id));
  }
  return exitCodeOf(operation);
}

function howToGoOn(id: string): string {
  return `Go on with: troupe dead-letters operations resume ${id}`;
}

/** One sentence about an operation. */
export function summary({ id, kind, state, counts, note }: Operation): string {
  const { done, skipped, refused, failed } = counts;
  const parts = [
    `${done} ${DONE[kind]}`,
    failed > 0 && `${failed} failed again`,
    refused > 0 && `${refused} cannot be sent`,
    skipped > 0 && `${skipped} skipped`,
  ].filter(Boolean);
  return `${kind} ${id} ${state}: ${parts.join(', ')}${note === undefined ? '' : ` (${note})`}`;
}

const DONE: Readonly<Record<Operation['kind'], string>> = {
  redrive: 'sent',
  edit: 'sent',
  archive: 'archived',
  restore: 'restored',
};

function exitCodeOf({ state, counts: { done, refused, failed } }: Operation): ExitCode {
  if (state === 'stopped') return EXIT.stopped;
  if (state !== 'done') return EXIT.unfinished;
  if (done + refused === 0) return EXIT.nothing;
  return failed + refused > 0 ? EXIT.partly : EXIT.ok;
}

function secondsOf(wait: string | undefined): number | undefined {
  if (wait === undefined) return undefined;
  if (/^\d{1,6}$/.test(wait)) return Number(wait) * 1_000;
  throw new UsageError(`--wait ${wait} is no whole number of seconds.`);
}
