import { lastLines } from '@troupe/broker';
import { AppRun, type AppSettings, LOG_LINES } from './app-run.ts';
import type { App } from './apps.ts';
import type { Supervised } from './supervision.ts';

/** An app over several runs, on one port, one folder and one log. */
export class AppProcess implements Supervised {
  readonly name: string;
  readonly url: string;
  readonly #app: App;
  readonly #settings: AppSettings;
  #run: AppRun;

  /** Starts it; a log from before is begun anew. */
  constructor(app: App, settings: AppSettings) {
    this.name = app.name;
    this.url = `http://127.0.0.1:${settings.port}`;
    this.#app = app;
    this.#settings = settings;
    this.#run = new AppRun(app, settings, 'anew');
  }

  get pid(): number {
    return this.#run.pid;
  }

  get exited(): Promise<string> {
    return this.#run.exited;
  }

  /**
   * Resolves when the app says that it is ready; rejects with the reason of `stop` when that is aborted before.
   * @throws EndedEarlyError, NotReadyError
   */
  ready(stop: AbortSignal): Promise<void> {
    return this.#run.ready(stop);
  }

  /** @throws EndedEarlyError, NotReadyError */
  async runAgain(stop: AbortSignal): Promise<void> {
    const run = new AppRun(this.#app, this.#settings, 'append');
    this.#run = run;
    try {
      await run.ready(stop);
    } catch (error) {
      await run.stop();
      throw error;
    }
  }

  /** The last lines of its log. */
  log(): Promise<string[]> {
    return lastLines(this.#settings.logFile, LOG_LINES);
  }

  /** Lets it finish what it does, then ends it. Answers with what was wrong about its end, if anything was. */
  stop(): Promise<string | undefined> {
    return this.#run.stop();
  }
}
