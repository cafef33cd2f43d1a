import { type App, FULFILMENT_APPS, type Observer, ORDER_APPS, OrderSystem, openHome } from '@troupe/start';
import { Brokers } from '../brokers.ts';
import { carriersOn } from '../carriers.ts';
import { Databases } from '../databases.ts';
import { ChaosError } from '../errors.ts';
import { kill } from '../faults/processes.ts';
import { ORCHESTRATORS } from './plan.ts';

/** The apps that do what they are told, each with a database. */
export const WORKERS = ['picking', 'packing'] as const;

/** Before a killed process is started again, however often that happens. */
const PAUSE = 250;

/** What a stage is set up with. */
export interface FulfilmentStageOptions {
  /** Keeps the stores and the logs. */
  readonly folder: string;
  readonly syncInterval: string;
  /** Told when an app ends and when it is back. */
  readonly observer: Observer;
  readonly stop: AbortSignal;
}

/** What a run of fulfilments needs, each a process: broker, databases, two orchestrators, the workers, carriers, the console. */
export class FulfilmentStage {
  readonly #away = new Set<string>();

  private constructor(
    readonly brokers: Brokers,
    readonly databases: Databases,
    private readonly system: OrderSystem,
    away: Set<string>,
  ) {
    this.#away = away;
  }

  /** @throws TroupeError, BrokerError with nothing left running */
  static async set({
    folder,
    syncInterval,
    observer,
    stop,
  }: FulfilmentStageOptions): Promise<FulfilmentStage> {
    const ends: (() => Promise<void>)[] = [];
    try {
      const brokers = await Brokers.start({ folder, servers: 1, syncInterval });
      ends.unshift(() => brokers.stop());
      const databases = await Databases.start(folder, WORKERS);
      ends.unshift(() => databases.stop());
      const env = { ...process.env, NATS_URL: brokers.urls, TROUPE_HOME: folder, LOG_LEVEL: 'warn' };
      const away = new Set<string>();
      const system = new OrderSystem({
        apps: [...castOf(databases), ...(await carriersOn(undefined, stop))],
        home: await openHome(env),
        port: 0,
        brokerPort: 0,
        env,
        observer: noting(away, observer),
        pauseMs: PAUSE,
      });
      ends.unshift(() => system.stop());
      await system.start(stop);
      return new FulfilmentStage(brokers, databases, system, away);
    } catch (error) {
      for (const end of ends) await end();
      throw error;
    }
  }

  /** The orchestrators: either takes and tells of any fulfilment. */
  get orchestrators(): readonly string[] {
    return ORCHESTRATORS.map((name) => this.#urlOf(name));
  }

  /** What the ledger knows is asked for there. */
  get console(): string {
    return this.#urlOf('console');
  }

  /**
   * Kills processes (SIGKILL), but for those that are not back from an earlier time.
   * @returns how many
   */
  kill(names: readonly string[]): number {
    const there = names.filter((name) => !this.#away.has(name));
    for (const name of there) {
      this.#away.add(name);
      kill(this.#appNamed(name).pid);
    }
    return there.length;
  }

  async strike(): Promise<void> {
    await this.system.stop();
    await this.databases.stop();
    await this.brokers.stop();
  }

  #urlOf(name: string): string {
    return this.#appNamed(name).url;
  }

  #appNamed(name: string): OrderSystem['apps'][number] {
    const found = this.system.apps.find((app) => app.name === name);
    if (found === undefined) throw new ChaosError(`There is no app ${name}.`);
    return found;
  }
}

function noting(away: Set<string>, observer: Observer): Observer {
  return {
    ...observer,
    onReturned: (back) => {
      away.delete(back.process);
      observer.onReturned(back);
    },
  };
}

function castOf(databases: Databases): App[] {
  const watcher = ORDER_APPS.find(({ name }) => name === 'console') as App;
  const [orchestrator, ...workers] = FULFILMENT_APPS as readonly [App, ...App[]];
  return [
    ...ORCHESTRATORS.map((name) => ({ ...orchestrator, name })),
    ...workers.map((worker) => ({ ...worker, env: { DATABASE_URL: databases.urlOf(worker.name) } })),
    watcher,
  ];
}
