import { AppProcess } from './app-process.ts';
import type { App } from './apps.ts';
import { openBroker, type RunningBroker } from './broker-process.ts';
import type { Home } from './home.ts';
import { choosePorts } from './ports.ts';
import { step } from './progress.ts';
import type { Addresses } from './summary.ts';
import { type Observer, supervise } from './supervision.ts';

/** What an order system is started from. */
export interface SystemOptions {
  readonly apps: readonly App[];
  readonly home: Home;
  /** The first app's port, the others follow; 0 for free ones. */
  readonly port: number;
  /** 0 for a free one. */
  readonly brokerPort: number;
  /** `NATS_URL` names a broker to use instead of one of ours. The apps get all of it, and where the system is. */
  readonly env: NodeJS.ProcessEnv;
  /** Told when a process ends by itself and when it is back. A process that is given up is not started again. */
  readonly observer: Observer;
  /** Milliseconds before an app that ended is started again. Default: they grow, while it ends soon. */
  readonly pauseMs?: number;
}

/**
 * The broker and the apps, each a process. From its first being ready until `stop`, one that ends by itself is started
 * again, with the same port, folder and log. Whatever `start` got done is undone by `stop`.
 */
export class OrderSystem {
  readonly #options: SystemOptions;
  readonly #stopping = new AbortController();
  readonly #supervisions: Promise<void>[] = [];
  #broker: RunningBroker | undefined;
  #apps: AppProcess[] = [];

  constructor(options: SystemOptions) {
    this.#options = options;
  }

  /** In the order of their ports; none before they are started. */
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

  /**
   * Resolves when every app is ready; rejects with the reason of `stop` when that is aborted before.
   * @throws TroupeError, BrokerError also when an app ends before it was ready for the first time
   */
  async start(stop: AbortSignal): Promise<void> {
    const { apps, home, port, brokerPort, env, observer } = this.#options;
    await step('Starting the broker', async () => {
      this.#broker = await openBroker({ home, port: brokerPort, env, observer });
    });
    console.log(`  ${this.broker.shown}`);
    stop.throwIfAborted();
    const ports = await choosePorts(apps, port);
    await step(`Starting ${apps.map((app) => app.name).join(', ')}`, async () => {
      const sites = consoleOf(apps, ports);
      this.#apps = apps.map((app, index) => this.#startApp(app, ports[index] ?? 0, sites));
      await Promise.all(this.#apps.map((app) => this.#keep(app, stop)));
    });
    for (const { name, url, pid } of this.#apps) console.log(`  ${name.padEnd(14)} ${url} (process ${pid})`);
  }

  /**
   * Ends the apps, which finish what they do, and then the broker that they need for it, and which is started again
   * until then. May be called twice.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(
      this.#apps.map(async (app) => {
        const problem = await app.stop();
        if (problem !== undefined) console.error(`  ${app.name} did not end cleanly (${problem})`);
      }),
    );
    await Promise.all(this.#supervisions);
    await this.#broker?.stop();
  }

  #startApp(app: App, port: number, sites: NodeJS.ProcessEnv): AppProcess {
    const { home, env } = this.#options;
    return new AppProcess(app, {
      natsUrl: this.broker.url,
      port,
      dataFolder: home.data,
      logFile: home.logOf(app.name),
      env: { ...sites, ...env },
    });
  }

  /** Before it is ready for the first time, its end is a mistake to be told, and no accident. */
  async #keep(app: AppProcess, stop: AbortSignal): Promise<void> {
    await app.ready(stop);
    const { observer, pauseMs } = this.#options;
    const pauses = pauseMs === undefined ? undefined : { next: () => pauseMs };
    this.#supervisions.push(supervise(app, this.#stopping.signal, observer, pauses));
  }
}

/** Where people see flows, for the apps that link there. */
function consoleOf(apps: readonly App[], ports: readonly number[]): NodeJS.ProcessEnv {
  const port = ports[apps.findIndex(({ name }) => name === 'console')];
  return port === undefined ? {} : { TROUPE_CONSOLE_URL: `http://127.0.0.1:${port}` };
}
