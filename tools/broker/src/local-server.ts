import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerConfig } from './config-file.ts';
import { BrokerPortTakenError } from './errors.ts';
import type { LocalBroker } from './find.ts';
import { type Guard, guardProcess } from './guard.ts';
import { launch } from './launch.ts';
import type { NatsServer } from './nats-server.ts';
import { describeExit, untilReady } from './readiness.ts';
import type { Run } from './run.ts';
import type { StoreLock } from './store-lock.ts';

export interface LocalServerOptions {
  readonly broker: LocalBroker;
  readonly config: Omit<ServerConfig, 'host' | 'port' | 'portsDir'>;
  readonly runtimeDir: string;
  readonly logFile: string;
  readonly lock: StoreLock | undefined;
  readonly readyTimeoutMs: number;
  readonly onExit: (how: string) => void;
  readonly onProgress: (text: string) => void;
}

/** How long SIGTERM may take before SIGKILL follows, in milliseconds. */
const STOP_TIME = 5_000;
/** How long a restart waits for its port, which another socket may have borrowed meanwhile. */
const PORT_WAIT = 10_000;
const ENDING: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGABRT'];

/** A nats-server over several runs on one port and one store. */
export class LocalServer implements NatsServer {
  readonly #options: LocalServerOptions;
  #run: Run | undefined;
  #guard: Guard | undefined;
  #port = 0;
  #pid = 0;
  /** Runs that were told to end; the end of any other is news. */
  readonly #expected = new WeakSet<Run>();

  constructor(options: LocalServerOptions) {
    this.#options = options;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number {
    return this.#pid;
  }

  get storeDir(): string {
    return this.#options.config.storeDir;
  }

  /** @internal */
  async start(port: number | undefined): Promise<void> {
    try {
      await this.#launch(port);
    } catch (error) {
      await this.#options.lock?.release();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#end();
    await this.#options.lock?.release();
    await rm(this.#options.runtimeDir, { recursive: true, force: true });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    if (!ENDING.includes(signal)) return run.signal(signal);
    this.#expected.add(run);
    await run.signal(signal);
    await run.exited;
  }

  async restart(): Promise<void> {
    await this.#end();
    const deadline = Date.now() + PORT_WAIT;
    for (;;) {
      try {
        return await this.#launch(this.#port);
      } catch (error) {
        if (!(error instanceof BrokerPortTakenError) || Date.now() > deadline) throw error;
        await delay(100);
      }
    }
  }

  async #launch(port: number | undefined): Promise<void> {
    const { broker, config, runtimeDir, logFile, lock, readyTimeoutMs, onProgress } = this.#options;
    const run = await launch(broker, { config, port, runtimeDir, logFile, onProgress });
    this.#adopt(run);
    await lock?.holdFor(run.pid);
    try {
      this.#expected.add(run);
      this.#port = await untilReady(run, { port, logFile, timeoutMs: readyTimeoutMs });
      this.#expected.delete(run);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  #adopt(run: Run): void {
    const { config, runtimeDir } = this.#options;
    this.#run = run;
    this.#pid = run.pid;
    const temporary = config.storeDir.startsWith(runtimeDir) ? runtimeDir : undefined;
    const guard = run.pid === 0 ? undefined : guardProcess(run.stopCommand ?? run.pid, temporary);
    this.#guard = guard;
    void run.exited.then((exit) => {
      guard?.release();
      if (this.#run === run) this.#run = undefined;
      if (!this.#expected.has(run)) this.#options.onExit(describeExit(exit));
    });
  }

  async #end(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    this.#expected.add(run);
    await run.signal('SIGTERM');
    const timer = setTimeout(() => void run.signal('SIGKILL'), STOP_TIME);
    await run.exited;
    clearTimeout(timer);
    this.#guard?.release();
  }
}
