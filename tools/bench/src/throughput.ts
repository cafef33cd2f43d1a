import type { NatsServer } from '@troupe/broker';
import { STEPS } from './chain.ts';
import type { Course } from './course.ts';
import type { OrderDesk } from './orders.ts';
import { serverCpuMicros } from './server-cpu.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What one run of a full stream through a chain showed. */
export interface Throughput {
  readonly hopsPerSecond: number;
  /** CPU time per hop of the process that runs the chain, in µs. */
  readonly clientMicros: number;
  /** The same of the nats-server; undefined where the system does not tell. */
  readonly serverMicros: number | undefined;
}

/** Puts `orders` into the stream, lets the chain at them, and waits for the last ack. */
export async function measureThroughput(
  {
    course,
    desk,
    worker,
    server,
  }: { course: Course; desk: OrderDesk; worker: WorkerProcess; server: NatsServer },
  orders: number,
): Promise<Throughput> {
  await course.clear();
  await desk.placeMany(orders);
  const serverBefore = serverCpuMicros(server.pid);
  const clientBefore = await worker.startChain();
  const began = performance.now();
  await course.finished(orders);
  const seconds = (performance.now() - began) / 1000;
  const serverAfter = serverCpuMicros(server.pid);
  const clientAfter = await worker.stopChain();
  const hops = orders * STEPS.length;
  return {
    hopsPerSecond: hops / seconds,
    clientMicros: (clientAfter - clientBefore) / hops,
    serverMicros:
      serverBefore === undefined || serverAfter === undefined
        ? undefined
        : (serverAfter - serverBefore) / hops,
  };
}
