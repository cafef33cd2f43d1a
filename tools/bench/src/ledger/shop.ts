import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NatsServer } from '@troupe/broker';
import { STEPS } from '../chain.ts';
import { Course } from '../course.ts';
import { OrderDesk } from '../orders.ts';
import { serverCpuMicros } from '../server-cpu.ts';
import { WorkerProcess } from '../worker-process.ts';
import type { LedgerProcess } from './ledger-process.ts';

/** Room for one message of the chain, which takes about 900 bytes in the stream. */
const MESSAGE_BYTES = 1_500;
const TOLD_MS = 5_000;

/** What a hop came to: how many a second, and µs of CPU for each. */
export interface Cost {
  readonly hopsPerSecond: number;
  /** Of the process that runs the chain. */
  readonly runtime: number;
  /** Of the nats-server; null where the system does not tell. */
  readonly server: number | null;
  /** Of the ledger's process, until it knew all of it; 0 without one. */
  readonly ledger: number;
}

/** Orders in one stream, which keeps all of them, and the chain that works through them. */
export class Shop {
  #orders = 0;

  private constructor(
    private readonly server: NatsServer,
    private readonly client: NatsConnection,
    private readonly worker: WorkerProcess,
    private readonly course: Course,
    private readonly onProgress: (text: string) => void,
    readonly desk: OrderDesk,
  ) {}

  /** With room for so many messages. */
  static async open(server: NatsServer, messages: number, onProgress: (text: string) => void): Promise<Shop> {
    const client = await connect({ servers: server.url, noAsyncTraces: true });
    const worker = new WorkerProcess('troupe', server.url, { maxBytes: messages * MESSAGE_BYTES });
    const course = new Course(await jetstreamManager(client), 'troupe');
    await worker.startChain(); // which makes the stream and the consumers
    await worker.stopChain();
    return new Shop(server, client, worker, course, onProgress, new OrderDesk(client, 'troupe'));
  }

  /** Places orders as fast as the stream takes them; resolves to the ids of about `sampled` of them. */
  async place(orders: number, sampled = 0): Promise<string[]> {
    const every = Math.max(1, Math.floor(orders / Math.max(1, sampled)));
    const ids: string[] = [];
    let placed = 0;
    let toldAt = performance.now();
    await this.desk.placeMany(orders, (orderId) => {
      if (placed++ % every === 0 && sampled > 0) ids.push(orderId);
      if (performance.now() - toldAt < TOLD_MS) return;
      toldAt = performance.now();
      this.onProgress(`placed ${placed} of ${orders} orders`);
    });
    this.#orders += orders;
    return ids;
  }

  /** Lets the chain at orders that were placed, and waits for the last ack. */
  work(orders: number, ledger?: LedgerProcess): Promise<Cost> {
    this.#orders -= orders;
    return this.run(orders, ledger, async () => {});
  }

  /** Runs the chain while so many orders are placed, until the last ack. */
  async run(orders: number, ledger: LedgerProcess | undefined, placing: () => Promise<void>): Promise<Cost> {
    this.#orders += orders;
    const ledgerBefore = (await ledger?.caughtUp())?.cpuMicros ?? 0;
    const serverBefore = serverCpuMicros(this.server.pid);
    const runtimeBefore = await this.worker.startChain();
    const began = performance.now();
    await placing();
    await this.course.finished(this.#orders);
    const seconds = (performance.now() - began) / 1_000;
    const runtimeAfter = await this.worker.stopChain();
    const ledgerAfter = (await ledger?.caughtUp())?.cpuMicros ?? 0;
    const serverAfter = serverCpuMicros(this.server.pid);
    const hops = orders * STEPS.length;
    return {
      hopsPerSecond: hops / seconds,
      runtime: (runtimeAfter - runtimeBefore) / hops,
      server:
        serverBefore === undefined || serverAfter === undefined ? null : (serverAfter - serverBefore) / hops,
      ledger: (ledgerAfter - ledgerBefore) / hops,
    };
  }

  async close(): Promise<void> {
    await this.worker.end();
    await this.client.close();
  }
}
