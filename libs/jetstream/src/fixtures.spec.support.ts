import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, type StartNatsServerOptions, startNatsServer } from '@troupe/broker';
import { onTestFinished } from 'vitest';
import { OrderPlaced } from './contracts.spec.support.ts';
import type { Logger } from './logger.ts';
import type { RuntimeOptions } from './runtime/options.ts';
import { Runtime } from './runtime/runtime.ts';
import type { StepDefinition } from './step.ts';

export { OrderPlaced, ParcelDispatched, PaymentAuthorized, PickItem } from './contracts.spec.support.ts';

const MIB = 1024 * 1024;

/** The server sets aside what a stream may hold: with the default sizes a test's disk is soon given away. */
export const SMALL_STREAMS = {
  eventsMaxBytes: 64 * MIB,
  deadLettersMaxBytes: 8 * MIB,
  noticesMaxBytes: 8 * MIB,
};

/** A server that ends with the test. */
export async function startServer(options?: StartNatsServerOptions): Promise<NatsServer> {
  const server = await startNatsServer(options);
  onTestFinished(() => server.stop());
  return server;
}

/** A plain client that ends with the test. */
export async function connectTo(server: Pick<NatsServer, 'url'>): Promise<NatsConnection> {
  const client = await connect({ servers: server.url, noAsyncTraces: true, maxReconnectAttempts: -1 });
  onTestFinished(() => client.close());
  return client;
}

/** The broker's own view of its streams and consumers. */
export async function managerOf(server: Pick<NatsServer, 'url'>): Promise<JetStreamManager> {
  return jetstreamManager(await connectTo(server));
}

/** A runtime with small streams, not started; stopped with the test. */
export function runtimeOf(server: Pick<NatsServer, 'url'>, options: Partial<RuntimeOptions> = {}): Runtime {
  const runtime = new Runtime({
    app: 'storefront',
    version: '1.0.0',
    connection: { servers: server.url },
    streams: SMALL_STREAMS,
    ...options,
  });
  onTestFinished(() => runtime.stop());
  return runtime;
}

/** A step that does nothing with order.placed, unless told otherwise. */
export function stepOf(definition: Partial<StepDefinition> = {}): StepDefinition {
  return {
    name: 'authorize',
    on: [OrderPlaced],
    emits: [],
    from: 'beginning',
    handle: () => {},
    ...definition,
  };
}

/** A logger that keeps its sentences. */
export function keptLog(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (_fields: object, message: string): void => {
      lines.push(`${level}: ${message}`);
    };
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** Polls until `condition` gives something true, and returns it; fails after `timeoutMs`. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 15_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(20);
  }
}

/** Prefixes that no other test of the process uses, so that tests share a server. */
export function freshPrefix(): string {
  return `t${++prefixes}`;
}

let prefixes = 0;
