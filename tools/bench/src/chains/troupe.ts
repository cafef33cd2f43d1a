import '@troupe/telemetry';
import { next, Runtime } from '@troupe/jetstream';
import { APP, type Chain, IN_FLIGHT, STEPS } from '../chain.ts';
import type { Order } from '../contracts.ts';

/** Three steps of one runtime, as an app without an OTLP endpoint runs them; its stream has the default size unless told. */
export async function startTroupe(url: string, eventsMaxBytes?: number): Promise<Chain> {
  const runtime = new Runtime({
    app: APP,
    version: '1.0.0',
    prefix: 'troupe',
    connection: { servers: url },
    ...(eventsMaxBytes === undefined ? {} : { streams: { eventsMaxBytes } }),
    steps: STEPS.map(({ name, on, emits }) => ({
      name,
      on: [on],
      emits: [emits],
      from: 'beginning',
      concurrency: IN_FLIGHT,
      handle: (order) => next(emits, order as Order),
    })),
  });
  await runtime.start();
  return { stop: () => runtime.stop() };
}
