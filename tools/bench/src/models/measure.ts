import { connect } from '@nats-io/transport-node';
import type { NatsServer } from '@troupe/broker';
import type { WorkerProcess } from '../worker-process.ts';
import { type FanOut, measureFanOut } from './fan-out.ts';
import type { Latency } from './latency.ts';
import { MODELS, type Model } from './model.ts';
import type { ModelsPlan } from './options.ts';
import { type Bench, type Subject, subjectOf, type Throughput, workerOf } from './subject.ts';
import { measureWaiting, type Waiting } from './waiting.ts';

/** A value for each round. */
export interface Measurements {
  readonly throughput: Throughput[];
  readonly latency: Latency[];
}

export interface Measured {
  readonly models?: Record<Model, Measurements>;
  readonly waiting?: Waiting;
  /** By the size of the fan-outs. */
  readonly fanOuts?: ReadonlyMap<number, FanOut[]>;
}

/** As an app in a container of 600 MB runs: left alone, Node takes what the machine has before it collects. */
const BOUNDED = ['--max-old-space-size=400'];

/** Measures all that the plan asks for on one server. */
export async function measure(
  server: NatsServer,
  plan: ModelsPlan,
  onProgress: (text: string) => void,
): Promise<Measured> {
  const client = await connect({ servers: server.url, noAsyncTraces: true });
  const workers: WorkerProcess[] = [];
  const benchOf = (model: Model, execArgv?: readonly string[]): Bench => {
    const worker = workerOf(model, server, execArgv);
    workers.push(worker);
    return { server, client, worker };
  };
  const { parts, waiting, fanOuts } = plan;
  try {
    return {
      ...(parts.includes('models') && { models: await models(benchOf, plan, onProgress) }),
      ...(parts.includes('fan-outs') && {
        fanOuts: await fanOutsOf(benchOf('orchestrated'), fanOuts, plan.rounds, onProgress),
      }),
      ...(parts.includes('waiting') && {
        waiting: await measureWaiting(benchOf('orchestrated', BOUNDED), waiting, onProgress),
      }),
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
    await client.close();
  }
}

/** In turns, so that what disturbs the machine disturbs all alike. */
async function models(
  benchOf: (model: Model) => Bench,
  { rounds, orders, warmUpOrders, latencyOrders, ordersPerSecond }: ModelsPlan,
  onProgress: (text: string) => void,
): Promise<Record<Model, Measurements>> {
  const subjects: [Model, Subject][] = [];
  for (const model of MODELS) {
    onProgress(`warming up: ${model}`);
    const subject = await subjectOf(model, benchOf(model));
    await subject.throughput(warmUpOrders);
    subjects.push([model, subject]);
  }
  const results = { choreographed: none(), orchestrated: none(), 'by-hand': none(), 'request-reply': none() };
  for (let round = 1; round <= rounds; round++) {
    // Each in turn comes first: what a measurement leaves the server to do, the next one pays for.
    subjects.push(...subjects.splice(0, 1));
    for (const [model, subject] of subjects) {
      const throughput = await subject.throughput(orders);
      results[model].throughput.push(throughput);
      const perSecond = Math.round(throughput.flowsPerSecond);
      onProgress(`throughput, round ${round} of ${rounds}: ${model} ${perSecond} flows/s`);
    }
    for (const [model, subject] of subjects) {
      const latency = await subject.latency(latencyOrders, ordersPerSecond);
      results[model].latency.push(latency);
      onProgress(`latency, round ${round} of ${rounds}: ${model} p99 ${latency.p99.toFixed(2)} ms`);
    }
  }
  return results;
}

async function fanOutsOf(
  bench: Bench,
  { sizes, branches }: ModelsPlan['fanOuts'],
  rounds: number,
  onProgress: (text: string) => void,
): Promise<ReadonlyMap<number, FanOut[]>> {
  const measured = new Map<number, FanOut[]>(sizes.map((size) => [size, []]));
  await bench.worker.startChain(); // makes the streams
  await bench.worker.stopChain();
  for (let round = 0; round <= rounds; round++) {
    for (const size of round % 2 === 0 ? sizes : sizes.toReversed()) {
      const one = await measureFanOut(bench, branches, size);
      if (round === 0) continue; // to be warm
      measured.get(size)?.push(one);
      onProgress(`fan-outs of ${size}, round ${round} of ${rounds}: ${one.micros.toFixed(1)} µs a branch`);
    }
  }
  return measured;
}

function none(): Measurements {
  return { throughput: [], latency: [] };
}
