import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ChaosError } from '../errors.ts';
import { type Call, readCalls } from './calls.ts';

/** The world as a process of its own, which no fault touches. */
export class WorldProcess {
  private constructor(
    readonly url: string,
    private readonly logFile: string,
    private readonly child: ChildProcess,
  ) {}

  /** Resolves when it answers. */
  static async start(logFile: string): Promise<WorldProcess> {
    const child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), [logFile]);
    const port = await Promise.race([
      once(child, 'message').then(([port]) => port as number),
      once(child, 'exit').then(([code]) => {
        throw new ChaosError(`The world ended before it began (exit code ${code}).`);
      }),
    ]);
    return new WorldProcess(`http://127.0.0.1:${port}`, logFile, child);
  }

  /** Every call that it answered. */
  calls(): Promise<Call[]> {
    return readCalls(this.logFile);
  }

  async stop(): Promise<void> {
    if (!this.child.connected) return;
    const exit = once(this.child, 'exit');
    this.child.disconnect();
    await exit;
  }
}
