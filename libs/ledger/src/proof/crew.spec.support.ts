import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const workspace = join(import.meta.dirname, '../../../..');
/** What V8 made of the modules: the next process compiles nothing again. */
const NODE_COMPILE_CACHE = join(workspace, 'node_modules/.cache/troupe/compiled');

/** Processes run built, in a second when nothing changed. */
export async function build(): Promise<void> {
  const tsc = join(workspace, 'node_modules/.bin/tsc');
  await once(execFile(tsc, ['-b', join(workspace, 'libs/ledger')]), 'close');
}

/** Processes that are started again whenever they end; all end with the test. */
export class Crew {
  readonly #children: ChildProcess[];
  #isOver = false;

  /** @param main `process` or `ledger-process` of this folder */
  constructor(
    private readonly main: string,
    count: number,
    private readonly environment: Record<string, string>,
  ) {
    this.#children = Array.from({ length: count }, () => this.#start());
    onTestFinished(() => this.end());
  }

  /** Kills all, and starts none again. */
  end(): void {
    this.#isOver = true;
    for (const child of this.#children) child.kill('SIGKILL');
  }

  /** Kills one as a crash does. */
  kill(index: number): void {
    this.#children[index % this.#children.length]?.kill('SIGKILL');
  }

  /** Asks one to end. */
  stop(index: number): void {
    this.#children[index % this.#children.length]?.kill('SIGTERM');
  }

  /** Lets one do nothing, not even end, until it is told to go on as if nothing had been. */
  freeze(index: number): void {
    this.#children[index % this.#children.length]?.kill('SIGSTOP');
  }

  thaw(index: number): void {
    this.#children[index % this.#children.length]?.kill('SIGCONT');
  }

  #start(): ChildProcess {
    const main = join(workspace, `libs/ledger/dist/proof/${this.main}.spec.support.js`);
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE, ...this.environment },
    });
    child.once('close', () => {
      if (!this.#isOver) this.#children[this.#children.indexOf(child)] = this.#start();
    });
    return child;
  }
}
