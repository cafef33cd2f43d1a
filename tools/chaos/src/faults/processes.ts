import { setTimeout as delay } from 'node:timers/promises';

/** Kills a process (SIGKILL). One that is gone already needs it no more. */
export function kill(pid: number): void {
  signal(pid, 'SIGKILL');
}

/** Stops a process for a while (SIGSTOP): it holds its connections, and answers nothing. */
export async function freeze(pid: number, lastsMs: number): Promise<void> {
  signal(pid, 'SIGSTOP');
  await delay(lastsMs);
  signal(pid, 'SIGCONT');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
