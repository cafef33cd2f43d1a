import type { NatsConnection } from '@nats-io/transport-node';
import type { NatsServer } from '@troupe/broker';
import { newFlowId } from '@troupe/jetstream';
import { WorkerProcess } from '../worker-process.ts';
import type { Latency } from './latency.ts';
import type { Model } from './model.ts';
import { requestReply } from './request-reply-subject.ts';
import { streamed } from './streamed-subject.ts';

/** What some flows at once showed. */
export interface Throughput {
  readonly flowsPerSecond: number;
  /** CPU time per flow of the app, in µs. */
  readonly appMicros: number;
  /** The same of the nats-server; undefined where the system does not tell. */
  readonly serverMicros: number | undefined;
  /** Messages that the broker stored for each flow, the first one included. */
  readonly writes: number;
}

/** One model under measurement. It runs in a process of its own, which stays warm. */
export interface Subject {
  throughput(flows: number): Promise<Throughput>;
  latency(flows: number, perSecond: number): Promise<Latency>;
}

/** What a model is measured with. */
export interface Bench {
  readonly server: NatsServer;
  readonly client: NatsConnection;
  readonly worker: WorkerProcess;
}

const WORKER = new URL('./worker.js', import.meta.url);

/** @param execArgv options of Node. Default: none */
export function workerOf(model: Model, { url }: NatsServer, execArgv: readonly string[] = []): WorkerProcess {
  return new WorkerProcess(model, url, { file: WORKER, execArgv });
}

export function subjectOf(model: Model, bench: Bench): Promise<Subject> {
  return model === 'request-reply' ? requestReply(bench) : streamed(model, bench);
}

/** Ids of so many new flows. */
export function flowIds(count: number): string[] {
  return Array.from({ length: count }, () => newFlowId());
}
