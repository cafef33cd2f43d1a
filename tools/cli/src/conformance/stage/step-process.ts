import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type Guard, guardProcess, lastLines } from '@troupe/broker';

/** How the step's process is started. */
export interface Launch {
  /** For a POSIX shell; it becomes the process itself, so that signals reach it. */
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
  /** stdout and stderr of all runs go there. */
  readonly logFile: string;
}

const LOG_LINES = 15;

/** One run of the step's process, which ends with this one however this one ends. */
export class StepProcess {
  /** Resolves when it is gone, with how it ended in words. */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  readonly #guard: Guard | undefined;
  #ended: string | undefined;

  constructor(private readonly launch: Launch) {
    const output = openSync(launch.logFile, 'a');
    try {
      this.#child = spawn('/bin/sh', ['-c', `exec ${launch.command}`], {
        env: launch.env,
        detached: true, // Ctrl-C in the terminal reaches the probe alone
        stdio: ['ignore', output, output],
      });
    } finally {
      closeSync(output);
    }
    const { pid } = this.#child;
    this.#guard = pid === undefined ? undefined : guardProcess(pid);
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.#ended = how;
        this.#guard?.release();
        resolve(how);
      };
      this.#child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `by ${signal}`));
      this.#child.once('error', (error) => end(error.message));
    });
  }

  /** How it ended; undefined while it runs. */
  get ended(): string | undefined {
    return this.#ended;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#ended === undefined) this.#child.kill(signal);
  }

  /** Resolves to how it ended within the time, else to undefined. */
  async endedWithin(ms: number): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ms);
    });
    const how = await Promise.race([this.exited, late]);
    clearTimeout(timer);
    return how;
  }

  /** The last lines of what it wrote. */
  log(): Promise<string[]> {
    return lastLines(this.launch.logFile, LOG_LINES);
  }
}
