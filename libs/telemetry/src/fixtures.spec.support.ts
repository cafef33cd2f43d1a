import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { BusinessKey, Contract } from '@troupe/contract';
import { Runtime, type RuntimeOptions, silentLogger } from '@troupe/jetstream';
import { IsString } from 'class-validator';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Settings } from './settings/settings.ts';

@Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'storefront' })
export class OrderPlaced {
  @IsString()
  @BusinessKey()
  orderId!: string;
}

@Contract({ type: 'payment.authorized', version: 1, kind: 'event', owner: 'payments' })
export class PaymentAuthorized {
  @IsString()
  @BusinessKey()
  orderId!: string;
}

export const SETTINGS: Settings = {
  log: { level: 'debug', format: 'json' },
  traces: undefined,
  metrics: true,
  serviceName: undefined,
  resourceAttributes: {},
};

export const TRACED: Settings = {
  ...SETTINGS,
  traces: { url: 'http://127.0.0.1:9/v1/traces', sampler: 'parentbased_always_on', ratio: 1 },
};

/** Collects log lines; `fields` are those of JSON lines. */
export class Lines {
  readonly all: string[] = [];

  write(line: string): void {
    this.all.push(line);
  }

  get fields(): Record<string, unknown>[] {
    return this.all.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

/** A server for all tests of a file, and runtimes on it, each in an environment of its own unless told otherwise. */
export function useBroker(): (options: Partial<RuntimeOptions> & { app: string }) => Promise<Runtime> {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server?.stop());
  return async (options) => {
    const runtime = new Runtime({
      version: '1.0.0',
      connection: { servers: server.url },
      streams: SMALL,
      log: silentLogger,
      ...options,
    });
    onTestFinished(() => runtime.stop(1_000));
    await runtime.start();
    return runtime;
  };
}

const MIB = 1024 * 1024;

/** The server sets aside what a stream may hold: with the default sizes a test's disk is soon given away. */
const SMALL = {
  eventsMaxBytes: 32 * MIB,
  delayedMaxBytes: 8 * MIB,
  deadLettersMaxBytes: 8 * MIB,
  noticesMaxBytes: 8 * MIB,
};
