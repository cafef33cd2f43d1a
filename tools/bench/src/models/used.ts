import type { NatsServer } from '@troupe/broker';
import { serverCpuMicros } from '../server-cpu.ts';
import type { WorkerProcess } from '../worker-process.ts';

/** What a measurement took of the machine. */
export interface Used {
  readonly seconds: number;
  /** CPU time of the app, in µs. */
  readonly appMicros: number;
  /** The same of the nats-server; undefined where the system does not tell. */
  readonly serverMicros: number | undefined;
}

/** Runs something in the worker's and the server's time. */
export async function usedFor(
  { worker, server }: { worker: WorkerProcess; server: NatsServer },
  run: () => Promise<unknown>,
): Promise<Used> {
  const app = (await worker.used()).cpuMicros;
  const broker = serverCpuMicros(server.pid);
  const began = performance.now();
  await run();
  const seconds = (performance.now() - began) / 1000;
  const brokerAfter = serverCpuMicros(server.pid);
  const appMicros = (await worker.used()).cpuMicros - app;
  const serverMicros = broker === undefined || brokerAfter === undefined ? undefined : brokerAfter - broker;
  return { seconds, appMicros, serverMicros };
}
