import { setTimeout as delay } from 'node:timers/promises';
import type { Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { ContractClass, MessageOf } from '@troupe/contract';
import { Runtime } from '@troupe/jetstream';
import { closeApp, type Settings, TROUPE_SETTINGS } from '@troupe/nest';
import type { TestBroker } from './broker.ts';
import { type DeadLetter, readDeadLetters, readEvents, type StoredEvent } from './stored.ts';
import { publishAsStranger, type StrangerOptions } from './stranger.ts';
import { until, type Wait } from './until.ts';

/** Where the app runs. */
export interface AppHarnessOptions {
  readonly broker: Pick<TestBroker, 'url'>;
  /** Environment on the broker, so that several tests share one. Default: none. */
  readonly prefix?: string;
  /** How long the app may take to be ready, in ms. Default 20,000. */
  readonly timeoutMs?: number;
}

/** A whole app on a real broker. It does not listen: requests go through `app.inject`. */
export interface AppHarness {
  readonly app: NestFastifyApplication;
  readonly runtime: Runtime;
  /**
   * Publishes as a producer would that knows nothing but the wire format. Resolves when it is stored. The data is not
   * checked: a stranger may be wrong.
   */
  publish<C extends ContractClass>(contract: C, data: MessageOf<C>, options?: StrangerOptions): Promise<void>;
  /**
   * The messages of a flow in the order of the stream, once there are as many as `until` says. Default: at once.
   * @throws when there are not in time, telling what there was
   */
  events(flowId: string, wait?: Wait<StoredEvent>): Promise<StoredEvent[]>;
  /** What was set aside, as `events`. */
  deadLetters(wait?: Wait<DeadLetter>): Promise<DeadLetter[]>;
  /** Stops the app as SIGTERM does. */
  stop(): Promise<void>;
}

const READY_MS = 20_000;
const MIB = 1024 * 1024;

/** A server sets aside what its streams may hold, on the disk of whoever runs tests. */
const SMALL_STREAMS = {
  eventsMaxBytes: 128 * MIB,
  deadLettersMaxBytes: 16 * MIB,
  noticesMaxBytes: 16 * MIB,
};

/**
 * Starts an app's module against a broker, and resolves when it is ready. The environment's variables are not read.
 * @param module imports `TroupeModule.forRoot`
 * @throws what keeps the app from running, and when it is not ready in time
 */
export async function appHarness(module: Type, options: AppHarnessOptions): Promise<AppHarness> {
  const { broker, prefix, timeoutMs = READY_MS } = options;
  const settings: Settings = {
    servers: broker.url,
    prefix,
    topology: 'create',
    streams: SMALL_STREAMS,
    data: 'memory',
  };
  const testing = await Test.createTestingModule({ imports: [module] })
    .overrideProvider(TROUPE_SETTINGS)
    .useValue(settings)
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
      until(`the events of flow ${flowId}`, wait, async () =>
        (await readEvents(runtime)).filter((one) => one.flowId === flowId),
      ),
    deadLetters: (wait) => until('dead letters', wait, () => readDeadLetters(runtime)),
    stop: () => closeApp(app),
  };
}

async function ready(runtime: Runtime, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let failure: unknown;
  runtime.start().catch((error: unknown) => {
    failure = error;
  });
  while (!runtime.status().ready) {
    if (failure !== undefined) throw failure;
    if (performance.now() > deadline) {
      throw new Error(`The app was not ready within ${timeoutMs} ms: ${runtime.status().problems.join(' ')}`);
    }
    await delay(10);
  }
}
