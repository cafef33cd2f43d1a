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
  /** stdout and stderr go there. */
  readonly logFile: string;
  /** What all apps get, beneath what is said here and in the app. */
  readonly env: NodeJS.ProcessEnv;
}

/** How long an app may take to finish what it does after SIGTERM, in milliseconds, before SIGKILL. */
const DRAIN_TIME = 20_000;
/** Ten apps begin at once, on whatever machine. */
const READY_TIME = 120_000;
const POLL_INTERVAL = 25;
/** How many lines of a log are shown. */
export const LOG_LINES = 15;

/** One process of an app, which ends with this one however this one ends. */
export class AppRun {
  readonly pid: number;
  /** Resolves when it is gone, with how it ended in words. */
  readonly exited: Promise<string>;
  readonly #name: string;
  readonly #settings: AppSettings;
  readonly #child: ChildProcess;
  readonly #guard: Guard | undefined;
  #ended: string | undefined;
  #wasReady = false;

  /** @param log the log is appended to, or begun anew */
  constructor(app: App, settings: AppSettings, log: 'append' | 'anew') {
    this.#name = app.name;
    this.#settings = settings;
    this.#child = start(app, settings, log);
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
    const url = `http://127.0.0.1:${this.#settings.port}/health/ready`;
    const deadline = Date.now() + READY_TIME;
    let answer = 'it did not answer';
    while (Date.now() < deadline && this.#ended === undefined && !stop.aborted) {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
      await response?.body?.cancel();
      if (response?.status === 200) {
        this.#wasReady = true;
        return;
      }
      if (response !== undefined) answer = `it answered ${response.status} on /health/ready`;
      await delay(POLL_INTERVAL);
    }
    stop.throwIfAborted();
    const { logFile } = this.#settings;
    const log = await lastLines(logFile, LOG_LINES);
    if (this.#ended !== undefined) throw new EndedEarlyError(this.#name, this.#ended, logFile, log);
    throw new NotReadyError(this.#name, READY_TIME / 1_000, answer, logFile, log);
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

function start(app: App, settings: AppSettings, log: 'append' | 'anew'): ChildProcess {
  const { natsUrl, port, dataFolder, logFile, env } = settings;
  const [program, ...args] = app.command;
  const output = openSync(logFile, log === 'append' ? 'a' : 'w');
  try {
    return spawn(program, args, {
      env: {
        ...env,
        NODE_ENV: env.NODE_ENV ?? 'development',
        NATS_URL: natsUrl,
        HOST: '127.0.0.1',
        PORT: String(port),
        TROUPE_DATA: dataFolder,
        LOG_FORMAT: 'json',
        ...app.env,
      },
      // A session of its own: Ctrl-C in the terminal reaches the starter alone, which ends all in the right order.
      detached: process.platform !== 'win32',
      stdio: ['ignore', output, output],
      windowsHide: true,
    });
  } finally {
    closeSync(output);
  }
}
