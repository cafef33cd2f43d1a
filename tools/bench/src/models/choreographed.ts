import '@troupe/telemetry';
import { next, Runtime } from '@troupe/jetstream';
import type { Chain } from '../chain.ts';
import { type Order, OrderPlaced, ParcelDispatched, PaymentAuthorized, StockReserved } from './contracts.ts';
import { APP, FLOWS, IN_FLIGHT } from './model.ts';

const STEPS = [
  { name: 'authorize', on: OrderPlaced, emits: PaymentAuthorized },
  { name: 'reserve', on: PaymentAuthorized, emits: StockReserved },
  { name: 'dispatch', on: StockReserved, emits: ParcelDispatched },
] as const;

/** Three steps, each triggered by what the one before it emits. */
export async function startChoreographed(url: string): Promise<Chain> {
  const runtime = new Runtime({
    app: APP,
    version: '1.0.0',
    prefix: FLOWS.choreographed.names.prefix,
    connection: { servers: url },
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
