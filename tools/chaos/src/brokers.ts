import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { clusterServerName, type NatsServer, startCluster, startNatsServer } from '@troupe/broker';
import { persist } from './persist.ts';

/** What is special about the brokers of a run. */
export interface BrokerOptions {
  readonly folder: string;
  readonly servers: 1 | 3;
  /** How often they sync to disk: nats-server's `sync_interval`. */
  readonly syncInterval: string;
}

/** One broker, or a cluster of three. */
export class Brokers {
  private constructor(
    private readonly servers: readonly NatsServer[],
    readonly client: NatsConnection,
    readonly manager: JetStreamManager,
  ) {}

  static async start({ folder, servers: count, syncInterval }: BrokerOptions): Promise<Brokers> {
    const optionsOf = (position: number) => ({
      storeDir: join(folder, `broker-${position}`),
      logFile: join(folder, `broker-${position}.log`),
      jetstreamExtra: `sync_interval: ${syncInterval}`,
    });
    const servers = count === 1 ? [await startNatsServer(optionsOf(0))] : await startCluster(optionsOf);
    const client = await connect({
      servers: servers.map(({ url }) => url),
      name: 'chaos',
      maxReconnectAttempts: -1,
      pingInterval: 5_000,
      noAsyncTraces: true,
    });
    return new Brokers(servers, client, await persist(() => jetstreamManager(client)));
  }

  /** As `NATS_URL` has it. */
  get urls(): string {
    return this.servers.map(({ url }) => url).join(',');
  }

  /** Of the first server. */
  get port(): number {
    return Number(this.servers[0]?.port);
  }

  /** Kills the server that leads a stream (SIGKILL), and starts it again on the same store after a while. */
  async killLeader(stream: string, awayMs: number): Promise<void> {
    const leader = await this.#leaderOf(stream);
    await leader.kill('SIGKILL');
    await delay(awayMs);
    await leader.restart();
  }

  async stop(): Promise<void> {
    await this.client.close();
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async #leaderOf(stream: string): Promise<NatsServer> {
    const { cluster } = await persist(() => this.manager.streams.info(stream));
    const leader = this.servers.find((_, position) => clusterServerName(position) === cluster?.leader);
    return (leader ?? this.servers[0]) as NatsServer;
  }
}
