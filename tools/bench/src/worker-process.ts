import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BenchError } from './errors.ts';

/** What a worker is told; it answers when it is done. `tell` is to answer alone. */
export type Command = 'start' | 'stop' | 'tell';

export interface Answer {
  /** CPU time of the process since it started, in µs. */
  readonly cpuMicros: number;
  /** Memory that it has now, in bytes. */
  readonly rssBytes: number;
}

/** What a worker answers. */
export function answerNow(): Answer {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, rssBytes: process.memoryUsage.rss() };
}

export interface WorkerOptions {
  /** What it runs, started with the name and the server's address. Default: one of the chains. */
  readonly file?: URL;
  /** What its stream may hold, when that is more than the runtime's default. */
  readonly maxBytes?: number;
  /** Options of Node. Default: none. */
  readonly execArgv?: readonly string[];
}

const CHAIN = new URL('./worker.js', import.meta.url);
const ANSWER_MS = 60_000;

/** The process that runs one chain, warm from one measurement to the next. */
export class WorkerProcess {
  readonly #name: string;
  readonly #child: ChildProcess;

  constructor(name: string, url: string, { file = CHAIN, maxBytes, execArgv = [] }: WorkerOptions = {}) {
    this.#name = name;
    const size = maxBytes === undefined ? [] : [String(maxBytes)];
    this.#child = fork(fileURLToPath(file), [name, url, ...size], {
      stdio: ['ignore', 2, 2, 'ipc'], // what it logs must not stand in the report
      execArgv: [...execArgv],
      env: { ...process.env, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' },
    });
  }

  /** Resolves when the steps run, with the CPU time that the process has used by then, in µs. */
  async startChain(): Promise<number> {
    return (await this.#tell('start')).cpuMicros;
  }

  /** Resolves when the steps have ended; with CPU time as `startChain`. */
  async stopChain(): Promise<number> {
    return (await this.#tell('stop')).cpuMicros;
  }

  /** What it has used by now. */
  used(): Promise<Answer> {
    return this.#tell('tell');
  }

  /** Ends the process, whatever it does. */
  async end(): Promise<void> {
    if (!this.#child.connected) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }

  async #tell(command: Command): Promise<Answer> {
    const answered = new AbortController();
    const { signal } = answered;
    const fail = (how: string): never => {
      throw new BenchError(`The process of the ${this.#name} chain ${how}.`);
    };
    try {
      this.#child.send(command);
      const [answer] = await Promise.race([
        once(this.#child, 'message', { signal }) as Promise<[Answer]>,
        once(this.#child, 'exit', { signal }).then(([code]) => fail(`ended early (${code})`)),
        delay(ANSWER_MS, undefined, { signal }).then(() => fail(`did not ${command} within 60 s`)),
      ]);
      return answer;
    } finally {
      answered.abort();
    }
  }
}
