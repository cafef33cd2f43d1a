import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Variant } from './chain.ts';
import { BenchError } from './errors.ts';

/** What a worker is told; it answers when it is done. */
export type Command = 'start' | 'stop';

export interface Answer {
  /** CPU time of the process since it started, in µs. */
  readonly cpuMicros: number;
}

const ANSWER_MS = 60_000;

/** The process that runs one variant's chain, warm from one measurement to the next. */
export class WorkerProcess {
  readonly #variant: Variant;
  readonly #child: ChildProcess;

  constructor(variant: Variant, url: string) {
    this.#variant = variant;
    this.#child = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), [variant, url], {
      stdio: ['ignore', 2, 2, 'ipc'], // what it logs must not stand in the report
      env: { ...process.env, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' },
    });
  }

  /** Resolves when the steps run, with the CPU time that the process has used by then, in µs. */
  startChain(): Promise<number> {
    return this.#tell('start');
  }

  /** Resolves when the steps have ended; with CPU time as `startChain`. */
  stopChain(): Promise<number> {
    return this.#tell('stop');
  }

  /** Ends the process, whatever it does. */
  async end(): Promise<void> {
    if (!this.#child.connected) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }

  async #tell(command: Command): Promise<number> {
    const answered = new AbortController();
    const { signal } = answered;
    const fail = (how: string): never => {
      throw new BenchError(`The process of the ${this.#variant} chain ${how}.`);
    };
    try {
      this.#child.send(command);
      const [answer] = await Promise.race([
        once(this.#child, 'message', { signal }) as Promise<[Answer]>,
        once(this.#child, 'exit', { signal }).then(([code]) => fail(`ended early (${code})`)),
        delay(ANSWER_MS, undefined, { signal }).then(() => fail(`did not ${command} within 60 s`)),
      ]);
      return answer.cpuMicros;
    } finally {
      answered.abort();
    }
  }
}
