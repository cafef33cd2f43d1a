import '@troupe/telemetry';
import type { ContractClass } from '@troupe/contract';
import { next, Runtime, type StepDefinition } from '@troupe/jetstream';
import { orchestrationStep } from '@troupe/orchestration';
import type { Chain } from '../chain.ts';
import {
  AuthorizePayment,
  CountShelf,
  DispatchParcel,
  MakeQuote,
  ParcelDispatched,
  PaymentAuthorized,
  ReserveStock,
  ShelfCounted,
  StockReserved,
} from './contracts.ts';
import { APP, FLOWS, IN_FLIGHT } from './model.ts';
import { COUNT, FULFILMENT, QUOTE } from './orchestrations.ts';

/** An orchestrator and the workers that it commands, in one app: three for orders, one of which nobody hears, one for shelves. */
export async function startOrchestrated(url: string): Promise<Chain> {
  const runtime = new Runtime({
    app: APP,
    version: '1.0.0',
    prefix: FLOWS.orchestrated.names.prefix,
    connection: { servers: url },
    steps: [
      ...[FULFILMENT, QUOTE, COUNT].map((options) => ({
        ...orchestrationStep(options),
        concurrency: IN_FLIGHT,
      })),
      worker('authorize', AuthorizePayment, PaymentAuthorized),
      worker('reserve', ReserveStock, StockReserved),
      worker('dispatch', DispatchParcel, ParcelDispatched),
      worker('count-shelf', CountShelf, ShelfCounted),
      {
        name: 'make-quote',
        on: [MakeQuote],
        emits: [],
        from: 'beginning',
        concurrency: IN_FLIGHT,
        handle: () => {},
      },
    ],
  });
  await runtime.start();
  return { stop: () => runtime.stop() };
}

/** A step that answers a command. */
export function worker(name: string, on: ContractClass, emits: ContractClass): StepDefinition {
  return {
    name,
    on: [on],
    emits: [emits],
    from: 'beginning',
    concurrency: IN_FLIGHT,
    handle: (order) => next(emits, order),
  };
}
