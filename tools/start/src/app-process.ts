import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Guard, guardProcess, lastLines } from '@troupe/broker';
import type { App } from './apps.ts';
import { EndedEarlyError, NotReadyError } from './errors.ts';

/** What an app's process gets to know. */
export interface AppSettings {
  readonly natsUrl: string;
  readonly port: number;
  /** Keeps the embedded databases of all apps. */
  readonly dataFolder: string;
  /** Begun anew with each run; stdout and stderr go there. */
  readonly logFile: string;
}

/** How long an app may take to finish what it does after SIGTERM, in milliseconds, before SIGKILL. */
const DRAIN_TIME = 20_000;
const READY_TIME = 60_000;
const POLL_INTERVAL = 25;
const LOG_LINES = 15;

/** One app, running as its own process, which ends with this one however this one ends. */
export class AppProcess {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** Resolves when it is gone, with how it ended in words. */
  readonly exited: Promise<string>;
  readonly #settings: AppSettings;
  readonly #child: ChildProcess;
  readonly #guard: Guard | undefined;
  #ended: string | undefined;
  #wasReady = false;

  constructor(app: App, settings: AppSettings) {
    this.name = app.name;
    this.url = `http://127.0.0.1:${settings.port}`;
    this.#settings = settings;
    this.#child = start(app, settings);
    this.pid = this.#child.pid ?? 0;
    this.#guard = this.pid === 0 ? undefined : guardProcess(this.pid);
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

  /**
   * Resolves when the app says that it is ready; rejects with the reason of `stop` when that is aborted before.
   * @throws EndedEarlyError, NotReadyError
   */
  async ready(stop: AbortSignal): Promise<void> {
    const deadline = Date.now() + READY_TIME;
    let answer = 'it did not answer';
    while (Date.now() < deadline && this.#ended === undefined && !stop.aborted) {
      const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).catch(
        () => undefined,
      );
      await response?.body?.cancel();
      if (response?.status === 200) {
        this.#wasReady = true;
        return;
      }
      if (response !== undefined) answer = `it answered ${response.status} on /health/ready`;
      await delay(POLL_INTERVAL);
    }
    stop.throwIfAborted();
    if (this.#ended !== undefined) throw await this.endedEarly(this.#ended);
    throw new NotReadyError(this.name, READY_TIME / 1_000, answer, this.#settings.logFile, await this.log());
  }

  /** The error that says that it should not have ended. */
  async endedEarly(how: string): Promise<EndedEarlyError> {
    return new EndedEarlyError(this.name, how, this.#settings.logFile, await this.log());
  }

  /** The last lines of its log. */
  log(): Promise<string[]> {
    return lastLines(this.#settings.logFile, LOG_LINES);
  }

  /** Lets it finish what it does, then ends it. Answers with what was wrong about its end, if anything was. */
  async stop(): Promise<string | undefined> {
    if (this.#ended !== undefined) return undefined;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), DRAIN_TIME);
    const how = await this.exited;
    clearTimeout(timer);
    // Before it is ready there is nothing to finish, and nobody to catch the signal.
    const clean = how === 'exit code 0' || (how === 'by SIGTERM' && !this.#wasReady);
    return clean ? undefined : how;
  }
}

function start(app: App, { natsUrl, port, dataFolder, logFile }: AppSettings): ChildProcess {
  const log = openSync(logFile, 'w');
  try {
    return spawn(process.execPath, ['--enable-source-maps', app.main], {
      env: {
        ...process.env,
        NODE_ENV: process.env.NODE_ENV ?? 'development',
        NATS_URL: natsUrl,
        HOST: '127.0.0.1',
        PORT: String(port),
        TROUPE_DATA: dataFolder,
        LOG_FORMAT: 'json',
      },
      // A session of its own: Ctrl-C in the terminal reaches the starter alone, which ends all in the right order.
      detached: process.platform !== 'win32',
      stdio: ['ignore', log, log],
      windowsHide: true,
    });
  } finally {
    closeSync(log);
  }
}
