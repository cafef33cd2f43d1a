import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, type StartNatsServerOptions, startNatsServer } from '@troupe/broker';
import {
  Names,
  next,
  Runtime,
  type RuntimeOptions,
  type StepDefinition,
  type StepHandler,
} from '@troupe/jetstream';
import { onTestFinished } from 'vitest';
import { Ledger, type LedgerOptions } from './ledger.ts';
import type { Flow, StepNode } from './model/flow.ts';
import { OrderPlaced, ParcelDispatched, PaymentAuthorized, SHOP } from './shop.spec.support.ts';

const MIB = 1024 * 1024;

/** The server sets aside what a stream may hold: with the default sizes a test's disk is soon given away. */
export const SMALL_STREAMS = {
  eventsMaxBytes: 64 * MIB,
  deadLettersMaxBytes: 8 * MIB,
  noticesMaxBytes: 8 * MIB,
};

/** An environment of its own on a server: a shop, and a ledger that watches it. Everything ends with the test. */
export class Stage {
  readonly names: Names;

  private constructor(
    readonly server: NatsServer,
    readonly prefix: string,
    readonly client: NatsConnection,
    readonly manager: JetStreamManager,
  ) {
    this.names = new Names(prefix);
  }

  static async on(server: NatsServer): Promise<Stage> {
    const client = await connect({ servers: server.url, noAsyncTraces: true, maxReconnectAttempts: -1 });
    onTestFinished(() => client.close());
    return new Stage(server, `t${++prefixes}`, client, await jetstreamManager(client));
  }

  async app(
    app: string,
    steps: readonly StepDefinition[],
    options: Partial<RuntimeOptions> = {},
  ): Promise<Runtime> {
    const runtime = new Runtime({
      app,
      version: '1.0.0',
      prefix: this.prefix,
      connection: { servers: this.server.url },
      streams: SMALL_STREAMS,
      produces: app === 'storefront' ? [OrderPlaced] : [],
      ...options,
      steps,
    });
    onTestFinished(() => runtime.stop(100));
    await runtime.start();
    return runtime;
  }

  async ledger(options: LedgerOptions = {}): Promise<Ledger> {
    const ledger = await Ledger.open({
      connection: { servers: this.server.url },
      prefix: this.prefix,
      store: ':memory:',
      choreography: SHOP,
      businessKeys: { 'order.placed.v1': ['/orderId'] },
      ...options,
    });
    onTestFinished(() => ledger.close());
    return ledger;
  }
}

let prefixes = 0;

/** A server that ends with the test. */
export async function startServer(options?: StartNatsServerOptions): Promise<NatsServer> {
  const server = await startNatsServer(options);
  onTestFinished(() => server.stop());
  return server;
}

/** Pays what was ordered. */
export function paying(handle?: StepHandler, definition: Partial<StepDefinition> = {}): StepDefinition {
  return {
    name: 'authorize',
    on: [OrderPlaced],
    emits: [PaymentAuthorized],
    from: 'beginning',
    handle: handle ?? ((order) => next(PaymentAuthorized, { orderId: (order as OrderPlaced).orderId })),
    ...definition,
  };
}

/** Ships what was paid. */
export function shipping(handle?: StepHandler, definition: Partial<StepDefinition> = {}): StepDefinition {
  return {
    name: 'dispatch',
    on: [PaymentAuthorized],
    emits: [ParcelDispatched],
    from: 'beginning',
    handle: handle ?? ((paid) => next(ParcelDispatched, { orderId: (paid as PaymentAuthorized).orderId })),
    ...definition,
  };
}

/** The first flow that a key leads to, once it is as wanted. */
export async function flowOnce(
  ledger: Ledger,
  key: string,
  what: string,
  isSo: (flow: Flow) => boolean,
): Promise<Flow> {
  let last: Flow | undefined;
  return until(
    what,
    async () => {
      last = (await ledger.where(key)).flows[0];
      return last !== undefined && isSo(last) ? last : undefined;
    },
    15_000,
    () => last,
  );
}

/** Where a flow's message stands with a step. */
export function settlementIn({ roots }: Flow, step: string): StepNode['settlement'] | undefined {
  const steps = [...roots.flatMap(({ steps }) => steps)];
  for (const each of steps) {
    if (each.step === step) return each.settlement;
    steps.push(...each.emitted.flatMap((node) => node.steps));
  }
  return undefined;
}

/** Polls until `condition` gives something true, and returns it; fails after `timeoutMs`, telling what was there. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 15_000,
  seen: () => unknown = () => undefined,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms: ${what}; last seen ${JSON.stringify(seen(), null, 1)}`);
    await delay(20);
  }
}
