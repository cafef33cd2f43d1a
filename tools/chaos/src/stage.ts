import { join } from 'node:path';
import { type App, FULFILMENT_APPS, type Observer, ORDER_APPS, OrderSystem, openHome } from '@troupe/start';
import { setAckWait } from './ack-wait.ts';
import { Brokers } from './brokers.ts';
import { CARRIERS, carriersOn } from './carriers.ts';
import { Databases, OWNERS } from './databases.ts';
import { ChaosError } from './errors.ts';
import type { Profile } from './profile.ts';
import { Relay } from './relay.ts';
import { WorldProcess } from './world/world-process.ts';

/** Pieces of each product at the beginning. */
export const UNITS = 1_000_000;

/** What a stage is set up with. */
export interface StageOptions {
  readonly profile: Profile;
  /** Keeps the stores and the logs. */
  readonly folder: string;
  readonly syncInterval: string;
  /** Told when an app ends and when it is back. */
  readonly observer: Observer;
  readonly stop: AbortSignal;
}

/** Everything that a run needs, each a process: the world, the broker, the databases, and every app. */
export class Stage {
  private constructor(
    readonly world: WorldProcess,
    readonly brokers: Brokers,
    readonly databases: Databases,
    readonly system: OrderSystem,
    /** The carriers' way to the broker; none where the broker is a cluster. */
    readonly relay: Relay | undefined,
  ) {}

  /** @throws TroupeError, BrokerError with nothing left running */
  static async set(options: StageOptions): Promise<Stage> {
    const { profile, folder, syncInterval, observer, stop } = options;
    const ends: (() => Promise<void>)[] = [];
    try {
      const world = await WorldProcess.start(join(folder, 'world.jsonl'));
      ends.unshift(() => world.stop());
      const brokers = await Brokers.start({ folder, servers: profile.servers, syncInterval });
      ends.unshift(() => brokers.stop());
      const relay = profile.servers === 1 ? await Relay.to(brokers.port) : undefined;
      ends.unshift(async () => relay?.close());
      const databases = await Databases.start(folder, OWNERS);
      ends.unshift(() => databases.stop());
      const env = {
        ...process.env,
        NATS_URL: brokers.urls,
        TROUPE_REPLICAS: String(profile.servers),
        TROUPE_HOME: folder,
        LOG_LEVEL: 'warn',
        INVENTORY_UNITS: String(UNITS),
        PAYMENT_PROVIDER_URL: world.url,
        WAREHOUSE_URL: world.url,
        CARRIER_URL: world.url,
      };
      const system = new OrderSystem({
        apps: [...castOf(databases), ...(await carriersOn(relay, stop))],
        home: await openHome(env),
        port: 0,
        brokerPort: 0,
        env,
        observer,
      });
      ends.unshift(() => system.stop());
      await system.start(stop);
      if (profile.paymentsAckWaitSeconds !== undefined)
        await setAckWait(brokers, 'payments', profile.paymentsAckWaitSeconds);
      return new Stage(world, brokers, databases, system, relay);
    } catch (error) {
      for (const end of ends) await end();
      throw error;
    }
  }

  /** The storefront. */
  get shop(): string {
    return this.system.apps[0]?.url ?? '';
  }

  /** What the ledger knows is asked for there. */
  get console(): string {
    return this.system.apps.find(({ name }) => name === 'console')?.url ?? '';
  }

  /** The process of an app that runs now. */
  pidOf(app: string): number {
    const found = this.system.apps.find(({ name }) => name === app);
    if (found === undefined) throw new ChaosError(`There is no app ${app}.`);
    return found.pid;
  }

  async strike(): Promise<void> {
    await this.system.stop();
    await this.databases.stop();
    await this.relay?.close();
    await this.brokers.stop();
    await this.world.stop();
  }
}

/** Names of the apps of a run, each as likely to be hit. */
export const CAST: readonly [string, ...string[]] = [...CARRIERS, ...actors()];

/** The orchestrator is there to hear of every parcel, whoever sent it, and to let those of others pass. */
function appsOfOrders(): readonly App[] {
  const [orchestrator] = FULFILMENT_APPS;
  return orchestrator === undefined ? ORDER_APPS : [...ORDER_APPS, orchestrator];
}

function actors(): string[] {
  return appsOfOrders().flatMap(({ name }) => (name === 'payments' ? [name, 'payments-2'] : [name]));
}

/** Every app that Node runs, payments twice, so that what one of them has not finished has somewhere to go. */
function castOf(databases: Databases): App[] {
  const poison = new URL('./poison.js', import.meta.url).href;
  return actors().map((name) => {
    const app = appsOfOrders().find((app) => name.startsWith(app.name)) as App;
    const owner = OWNERS.find((owner) => owner === app.name);
    return {
      name,
      command: app.command,
      env: {
        ...app.env,
        ...(owner === undefined ? {} : { DATABASE_URL: databases.urlOf(owner) }),
        ...(owner === 'payments' ? { NODE_OPTIONS: `--import ${poison}` } : {}),
      },
    };
  });
}
