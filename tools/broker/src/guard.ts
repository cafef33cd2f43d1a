import { type ChildProcess, spawn } from 'node:child_process';

/** A watch over a process, in force until released. */
export interface Guard {
  /** Call when the guarded process has ended, so that its process id is never signalled after reuse. */
  release(): void;
}

/**
 * Ends another process when this one goes, however it goes, SIGKILL included: a small shell waits for the end of
 * a pipe that only this process holds open, then sends SIGTERM, and SIGKILL 10 s later. On Windows, where there
 * is no such shell, only a normal exit is covered.
 *
 * @param stop the process id, or the command that ends what is guarded
 * @param folder a temporary folder to remove afterwards
 */
export function guardProcess(stop: number | readonly string[], folder?: string): Guard {
  const guard = process.platform === 'win32' ? exitGuard(stop) : pipeGuard(stop, folder);
  return { release: guard };
}

const STOP_PROCESS = `
kill -TERM "$2" 2>/dev/null
i=0
while kill -0 "$2" 2>/dev/null && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
kill -KILL "$2" 2>/dev/null`;
const REMOVE_FOLDER = '[ -n "$1" ] && rm -rf -- "$1"';

function pipeGuard(stop: number | readonly string[], folder: string | undefined): () => void {
  const action = typeof stop === 'number' ? STOP_PROCESS : 'f="$1"; shift; "$@" >/dev/null 2>&1; set -- "$f"';
  const script = `read -r _\n${action}\n${REMOVE_FOLDER}`;
  const args = typeof stop === 'number' ? [String(stop)] : stop;
  const shell: ChildProcess = spawn('/bin/sh', ['-c', script, 'troupe-guard', folder ?? '', ...args], {
    // A session of its own: a Ctrl-C in the terminal must not end the guard before what it guards.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.stdin?.on('error', () => undefined);
  shell.unref();
  return () => {
    shell.kill('SIGKILL');
    shell.stdin?.destroy();
  };
}

function exitGuard(stop: number | readonly string[]): () => void {
  const end = () => {
    if (typeof stop === 'number') process.kill(stop);
    else spawn(stop[0] as string, stop.slice(1), { detached: true, stdio: 'ignore' }).unref();
  };
  process.once('exit', end);
  return () => {
    process.off('exit', end);
  };
}
