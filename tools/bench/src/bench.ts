import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NatsServer } from '@troupe/broker';
import { VARIANTS, type Variant } from './chain.ts';
import { Course } from './course.ts';
import { type Latency, measureLatency } from './latency.ts';
import type { Plan } from './options.ts';
import { OrderDesk } from './orders.ts';
import { measureThroughput, type Throughput } from './throughput.ts';
import { mirrorTopology } from './topology.ts';
import { WorkerProcess } from './worker-process.ts';

/** All measurements of one variant, a value for each round. */
export interface Measurements {
  readonly throughput: Throughput[];
  readonly latency: Latency[];
}

interface Subject {
  readonly variant: Variant;
  readonly server: NatsServer;
  readonly client: NatsConnection;
  readonly worker: WorkerProcess;
  readonly course: Course;
  readonly desk: OrderDesk;
}

/** Measures every variant on one server, in turns, so that what disturbs the machine disturbs all alike. */
export async function measure(
  server: NatsServer,
  plan: Plan,
  onProgress: (text: string) => void,
): Promise<Record<Variant, Measurements>> {
  const client = await connect({ servers: server.url, noAsyncTraces: true });
  const manager = await jetstreamManager(client);
  const subjects: Subject[] = [];
  try {
    for (const variant of VARIANTS) {
      onProgress(`warming up: ${variant}`);
      const subject = subjectOf(variant, server, client, manager);
      subjects.push(subject);
      if (variant === 'troupe') await makeTopology(subject.worker);
      else await mirrorTopology(manager, variant);
      await measureThroughput(subject, plan.warmUpOrders);
    }
    const results = { troupe: none(), tuned: none(), documented: none() };
    for (let round = 1; round <= plan.rounds; round++) {
      // Each in turn comes first: what a measurement leaves the server to do, the next one pays for.
      subjects.push(...subjects.splice(0, 1));
      for (const subject of subjects) {
        const { variant } = subject;
        const throughput = await measureThroughput(subject, plan.orders);
        results[variant].throughput.push(throughput);
        onProgress(
          `throughput, round ${round} of ${plan.rounds}: ${variant} ${Math.round(throughput.hopsPerSecond)} hops/s`,
        );
      }
      for (const subject of subjects) {
        const { variant } = subject;
        const latency = await measureLatency(subject, plan.latencyOrders, plan.ordersPerSecond);
        results[variant].latency.push(latency);
        onProgress(`latency, round ${round} of ${plan.rounds}: ${variant} p99 ${latency.p99.toFixed(2)} ms`);
      }
    }
    return results;
  } finally {
    await Promise.all(subjects.map(({ worker }) => worker.end()));
    await client.close();
  }
}

function subjectOf(
  variant: Variant,
  server: NatsServer,
  client: NatsConnection,
  manager: JetStreamManager,
): Subject {
  const worker = new WorkerProcess(variant, server.url);
  const course = new Course(manager, variant);
  return { variant, server, client, worker, course, desk: new OrderDesk(client, variant) };
}

/** The runtime makes its stream and durables when it first starts. */
async function makeTopology(worker: WorkerProcess): Promise<void> {
  await worker.startChain();
  await worker.stopChain();
}

function none(): Measurements {
  return { throughput: [], latency: [] };
}
