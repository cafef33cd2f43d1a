import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const workspace = join(import.meta.dirname, '../../../..');

/** Processes run built, in a second when nothing changed. */
export async function build(): Promise<void> {
  const tsc = join(workspace, 'node_modules/.bin/tsc');
  await once(execFile(tsc, ['-b', join(workspace, 'libs/ledger')]), 'close');
}

/** Instances of the app that are started again whenever they are killed; all end with the test. */
export class Crew {
  readonly #children: ChildProcess[];
  #isOver = false;

  constructor(
    count: number,
    private readonly environment: Record<string, string>,
  ) {
    this.#children = Array.from({ length: count }, () => this.#start());
    onTestFinished(() => {
      this.#isOver = true;
      for (const child of this.#children) child.kill('SIGKILL');
    });
  }

  /** Kills one as a crash does. */
  kill(index: number): void {
    this.#children[index % this.#children.length]?.kill('SIGKILL');
  }

  #start(): ChildProcess {
    const main = join(workspace, 'libs/ledger/dist/proof/process.spec.support.js');
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { PATH: process.env.PATH, ...this.environment },
    });
    child.once('close', () => {
      if (!this.#isOver) this.#children[this.#children.indexOf(child)] = this.#start();
    });
    return child;
  }
}
