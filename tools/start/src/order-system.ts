import { lastLines } from '@troupe/broker';
import { AppProcess } from './app-process.ts';
import type { App } from './apps.ts';
import { openBroker, type RunningBroker } from './broker.ts';
import { EndedEarlyError } from './errors.ts';
import type { Home } from './home.ts';
import { choosePorts } from './ports.ts';
import { step } from './progress.ts';
import type { Addresses } from './summary.ts';

/** What an order system is started from. */
export interface SystemOptions {
  readonly apps: readonly App[];
  readonly home: Home;
  /** The first app's port; 0 for free ones. */
  readonly port: number;
  /** 0 for a free one. */
  readonly brokerPort: number;
  readonly env: NodeJS.ProcessEnv;
  /** Told when a process ends that was to run on. */
  readonly onEnded: (error: EndedEarlyError) => void;
}

/** The broker and the apps, each a process. Whatever `start` got done is undone by `stop`. */
export class OrderSystem {
  readonly #options: SystemOptions;
  #broker: RunningBroker | undefined;
  #apps: AppProcess[] = [];
  #stopping = false;

  constructor(options: SystemOptions) {
    this.#options = options;
  }

  get apps(): readonly AppProcess[] {
    return this.#apps;
  }

  /** Throws before the broker runs. */
  get broker(): RunningBroker {
    if (this.#broker === undefined) throw new Error('the broker was not started');
    return this.#broker;
  }

  get addresses(): Addresses {
    const apps = this.#apps.map(({ name, url }) => ({ name, url }));
    return { broker: this.broker.shown, apps, logs: this.#options.home.logs };
  }

  /** Resolves when every app is ready; rejects with the reason of `stop` when that is aborted before. */
  async start(stop: AbortSignal): Promise<void> {
    const { apps, home, port, brokerPort, env } = this.#options;
    await step('Starting the broker', async () => {
      this.#broker = await openBroker(home, brokerPort, env, (how) => void this.#brokerEnded(how));
    });
    console.log(`  ${this.broker.shown}`);
    stop.throwIfAborted();
    const ports = await choosePorts(apps, port);
    await step(`Starting ${apps.map((app) => app.name).join(', ')}`, async () => {
      this.#apps = apps.map((app, index) => this.#startApp(app, ports[index] ?? 0));
      await Promise.all(this.#apps.map((app) => app.ready(stop)));
    });
    for (const { name, url, pid } of this.#apps) console.log(`  ${name.padEnd(14)} ${url} (process ${pid})`);
  }

  /** Ends the apps, which finish what they do, and then the broker that they need for it. May be called twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#apps.map(async (app) => {
        const problem = await app.stop();
        if (problem !== undefined) console.error(`  ${app.name} did not end cleanly (${problem})`);
      }),
    );
    await this.#broker?.server?.stop();
  }

  #startApp(app: App, port: number): AppProcess {
    const started = new AppProcess(app, {
      natsUrl: this.broker.url,
      port,
      dataFolder: this.#options.home.data,
      logFile: this.#options.home.logOf(app.name),
    });
    void started.exited.then(async (how) => {
      if (!this.#stopping) this.#options.onEnded(await started.endedEarly(how));
    });
    return started;
  }

  async #brokerEnded(how: string): Promise<void> {
    const logFile = this.#options.home.logOf('broker');
    this.#options.onEnded(new EndedEarlyError('broker', how, logFile, await lastLines(logFile, 15)));
  }
}
