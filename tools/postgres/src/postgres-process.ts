import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { guardProcess, lastLines } from '@troupe/broker';
import { PostgresStartError } from './errors.ts';
import type { Installation } from './installation.ts';
import { killTree } from './process-tree.ts';

/** What a server runs on, over several runs. */
export interface PostgresProcessOptions {
  readonly installation: Installation;
  readonly dataFolder: string;
  /** Removed when this process ends without ending the server. */
  readonly temporaryFolder: string;
  readonly port: number;
  readonly logFile: string;
  /** True when it takes queries: this server, and no other one on its port. */
  readonly answers: () => Promise<boolean>;
}

/** How long a start may take, recovery after a crash included, in milliseconds. */
const READY_TIME = 60_000;
/** How long a restart waits for its port, which another socket may have borrowed meanwhile. */
const PORT_WAIT = 10_000;
/** How long the end may take before it is forced. */
const STOP_TIME = 10_000;
const LOG_LINES = 15;

/** A PostgreSQL server over several runs on one port and one data folder. */
export class PostgresProcess {
  readonly #options: PostgresProcessOptions;
  #run: { readonly child: ChildProcess; readonly exited: Promise<void> } | undefined;
  #pid = 0;

  constructor(options: PostgresProcessOptions) {
    this.#options = options;
  }

  get pid(): number {
    return this.#pid;
  }

  /** Resolves when it answers. @throws PostgresStartError, with nothing left running */
  async start(): Promise<void> {
    this.#launch();
    const deadline = Date.now() + READY_TIME;
    while (!(await this.#options.answers())) {
      const ended = this.#run === undefined;
      if (!ended && Date.now() < deadline) await delay(25);
      else {
        await this.end();
        const reason = ended
          ? 'PostgreSQL ended before it answered.'
          : `PostgreSQL did not answer within ${READY_TIME / 1_000} s.`;
        throw new PostgresStartError(reason, await lastLines(this.#options.logFile, LOG_LINES));
      }
    }
  }

  async restart(): Promise<void> {
    await this.end();
    const deadline = Date.now() + PORT_WAIT;
    for (;;) {
      try {
        return await this.start();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(100);
      }
    }
  }

  async kill(): Promise<void> {
    const run = this.#run;
    if (run?.child.pid === undefined) return;
    await killTree(run.child.pid);
    await run.exited;
  }

  /** A fast shutdown: transactions are rolled back, clients disconnected. */
  async end(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    run.child.kill('SIGINT');
    const timer = setTimeout(() => void this.kill(), STOP_TIME);
    await run.exited;
    clearTimeout(timer);
  }

  #launch(): void {
    const { installation, dataFolder, temporaryFolder, port, logFile } = this.#options;
    const settings = {
      fsync: 'off',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      dynamic_shared_memory_type: 'mmap', // in the data folder, where a killed server's is removed as well
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const log = openSync(logFile, 'a');
    const child = spawn(
      installation.postgres,
      ['-D', dataFolder, '-p', String(port), ...lines.flatMap((line) => ['-c', line])],
      {
        ...installation.user,
        cwd: '/',
        env: { PATH: process.env.PATH, LC_ALL: 'C' },
        detached: true, // a Ctrl-C in the terminal reaches its starter only
        stdio: ['ignore', log, log],
      },
    );
    closeSync(log);
    const guard = child.pid === undefined ? undefined : guardProcess(child.pid, temporaryFolder);
    const exited = new Promise<void>((resolve) => {
      const end = () => {
        guard?.release();
        this.#run = undefined;
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
    });
    this.#pid = child.pid ?? 0;
    this.#run = { child, exited };
  }
}
