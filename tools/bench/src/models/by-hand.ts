import '@troupe/telemetry';
import { jetstreamManager } from '@nats-io/jetstream';
import { Contract, type ContractClass } from '@troupe/contract';
import {
  type Effects,
  type EffectsKey,
  instanceKey,
  type Next,
  next,
  type OutgoingMessage,
  type Outlet,
  Runtime,
  type StepContext,
  type StepDefinition,
} from '@troupe/jetstream';
import { orchestrationBucket } from '@troupe/orchestration';
import { IsString } from 'class-validator';
import type { Chain } from '../chain.ts';
import {
  AuthorizePayment,
  DispatchParcel,
  type Order,
  OrderFulfilled,
  OrderPlaced,
  ParcelDispatched,
  PaymentAuthorized,
  ReserveStock,
  StockReserved,
} from './contracts.ts';
import { APP, FLOWS, IN_FLIGHT } from './model.ts';
import { worker } from './orchestrated.ts';

const NAME = 'fulfilment';
const DEADLINE_MS = 6 * 60 * 60 * 1_000;

/** What is sent for each thing that comes. */
const SENDS: Readonly<Record<string, ContractClass>> = {
  'order.placed.v1': AuthorizePayment,
  'payment.authorized.v1': ReserveStock,
  'stock.reserved.v1': DispatchParcel,
  'parcel.dispatched.v1': OrderFulfilled,
};

/** Comes to the orchestrator when an answer is late. */
@Contract({ type: 'order.overdue', version: 1, kind: 'event', owner: 'bench' })
class OrderOverdue {
  @IsString()
  orderId!: string;
}

/** What is written of a message, before anything is sent for it. */
interface Taken {
  readonly flowId: string;
  readonly state: string;
  readonly order: object;
}

/**
 * The same work as the orchestration does, by an orchestrator that can nothing else: for each message it writes a
 * record by compare-and-set and sends what comes next, and it arms a deadline for each order. What remains of the
 * cost is that of the guarantees.
 */
export async function startByHand(url: string): Promise<Chain> {
  const runtime = new Runtime({
    app: APP,
    version: '1.0.0',
    prefix: FLOWS['by-hand'].names.prefix,
    connection: { servers: url },
    steps: [
      orchestrator(),
      worker('authorize', AuthorizePayment, PaymentAuthorized),
      worker('reserve', ReserveStock, StockReserved),
      worker('dispatch', DispatchParcel, ParcelDispatched),
    ],
  });
  await runtime.start();
  return { stop: () => runtime.stop() };
}

function orchestrator(): StepDefinition {
  const records = new Records();
  return {
    name: NAME,
    on: [OrderPlaced, PaymentAuthorized, StockReserved, ParcelDispatched],
    emits: [AuthorizePayment, ReserveStock, DispatchParcel, OrderFulfilled],
    direct: [OrderOverdue],
    from: 'beginning',
    concurrency: IN_FLIGHT,
    effects: records,
    handle: (order, context, take) => {
      (take as Take)({ flowId: context.flowId, state: context.type, order });
      return sentFor(order as Order, context);
    },
  };
}

function sentFor(order: Order, { type }: StepContext): Next[] {
  const contract = SENDS[type];
  if (contract === undefined) return [];
  const sent = next(contract, order);
  if (type !== 'order.placed.v1') return [sent];
  const at = new Date(Date.now() + DEADLINE_MS);
  return [sent, next(OrderOverdue, { orderId: order.orderId }, { at })];
}

type Take = (taken: Taken) => void;

/** The records of orders, each written over the one before it. */
class Records implements Effects<Take> {
  readonly problem = undefined;
  readonly #revisions = new Map<string, number>();
  #outlet: Outlet | undefined;
  #prefix = '';

  async open(outlet: Outlet): Promise<void> {
    const bucket = outlet.names.orchestrations(outlet.app);
    const manager = await jetstreamManager(outlet.client);
    await manager.streams.add(orchestrationBucket(bucket, 1));
    this.#outlet = outlet;
    this.#prefix = `$KV.${bucket}.`;
  }

  async process(
    { id }: EffectsKey,
    work: (take: Take) => Promise<readonly OutgoingMessage[]>,
  ): Promise<readonly OutgoingMessage[]> {
    let taken: Taken | undefined;
    const messages = await work((given) => {
      taken = given;
    });
    if (taken !== undefined) await this.#write(id, taken);
    return messages;
  }

  async #write(handled: string, { flowId, state, order }: Taken): Promise<void> {
    const revision = this.#revisions.get(flowId) ?? 0;
    const head = `NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: ${revision}\r\n\r\n`;
    const written = await this.#outlet?.store({
      subject: this.#prefix + instanceKey(NAME, flowId),
      messageId: undefined,
      headers: Buffer.from(head),
      payload: Buffer.from(JSON.stringify({ handled, state, order })),
    });
    if (state === 'parcel.dispatched.v1') this.#revisions.delete(flowId);
    else if (written !== undefined) this.#revisions.set(flowId, written);
  }

  published(): void {}

  async close(): Promise<void> {}
}
