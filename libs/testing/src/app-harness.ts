import { setTimeout as delay } from 'node:timers/promises';
import type { Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { ContractClass, MessageOf } from '@troupe/contract';
import { Runtime } from '@troupe/jetstream';
import { TROUPE_SETTINGS } from '@troupe/nest';
import type { TestBroker } from './broker.ts';
import { type DeadLetter, readDeadLetters, readEvents, type StoredEvent } from './stored.ts';
import { publishAsStranger, type StrangerOptions } from './stranger.ts';
import { until, type Wait } from './until.ts';

export interface AppHarnessOptions {
  readonly broker: TestBroker;
  /** Environment on the broker, so that several tests share one. Default: none. */
  readonly prefix?: string;
  /** How long the app may take to be ready, in ms. Default 20,000. */
  readonly timeoutMs?: number;
}

/** A whole app on a real broker; HTTP only through `app.inject`. */
export interface AppHarness {
  readonly app: NestFastifyApplication;
  readonly runtime: Runtime;
  /** Publishes as a producer would that knows nothing but the contract. Resolves when it is stored. */
  publish<C extends ContractClass>(contract: C, data: MessageOf<C>, options?: StrangerOptions): Promise<void>;
  /** The messages of a flow in the order of the stream, once they are what `until` says. */
  events(flowId: string, wait: Wait<StoredEvent>): Promise<StoredEvent[]>;
  /** What was set aside, once it is what `until` says. */
  deadLetters(wait: Wait<DeadLetter>): Promise<DeadLetter[]>;
  /** Stops the app as SIGTERM does. */
  stop(): Promise<void>;
}

const READY_MS = 20_000;

/** Starts an app's module against a broker, and resolves when it is ready. */
export async function appHarness(module: Type, options: AppHarnessOptions): Promise<AppHarness> {
  const { broker, prefix, timeoutMs = READY_MS } = options;
  const testing = await Test.createTestingModule({ imports: [module] })
    .overrideProvider(TROUPE_SETTINGS)
    .useValue({ servers: broker.url, prefix })
    .compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  const runtime = app.get(Runtime);
  try {
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await ready(runtime, timeoutMs);
  } catch (error) {
    await app.close();
    throw error;
  }
  return {
    app,
    runtime,
    publish: (contract, data, stranger) => publishAsStranger(runtime, contract, data, stranger),
    events: (flowId, wait) =>
      until(`events of flow ${flowId}`, wait, async () =>
        (await readEvents(runtime)).filter(({ event }) => event.correlationid === flowId),
      ),
    deadLetters: (wait) => until('dead letters', wait, () => readDeadLetters(runtime)),
    stop: () => app.close(),
  };
}

async function ready(runtime: Runtime, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!runtime.status().ready) {
    await runtime.start(); // what must not run says so here
    if (Date.now() > deadline) {
      throw new Error(`The app was not ready within ${timeoutMs} ms: ${runtime.status().problems.join(' ')}`);
    }
    await delay(10);
  }
}
