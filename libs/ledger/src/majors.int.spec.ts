import 'reflect-metadata';
import { Contract, Upcast } from '@troupe/contract';
import { next, RetryAfter, type StepDefinition } from '@troupe/jetstream';
import { IsString } from 'class-validator';
import { expect, it } from 'vitest';
import type { Choreography } from './model/choreography.ts';
import type { Flow, MessageNode } from './model/flow.ts';
import { OrderPlaced, ParcelDispatched, PaymentAuthorized, SHOP } from './shop.spec.support.ts';
import { flowOnce, paying, Stage, settlementIn, startServer, until } from './stage.spec.support.ts';

@Contract({ type: 'order.placed', version: 2, kind: 'event', owner: 'storefront' })
class OrderPlacedV2 {
  @IsString()
  orderId!: string;

  @IsString()
  channel!: string;

  @Upcast(OrderPlaced)
  static fromV1(order: OrderPlaced): OrderPlacedV2 {
    return { ...order, channel: 'shop' };
  }
}

const storefront = { app: 'storefront', steps: [] };
const NEWER: Choreography = {
  format: 1,
  contracts: [...SHOP.contracts, { id: 'order.placed.v2', kind: 'event' }],
  apps: [{ ...storefront, flows: [{ starts: 'order.placed.v2', ends: ['payment.authorized.v1'] }] }],
};
const paid = ({ orderId = '' }: { orderId?: string }) => next(PaymentAuthorized, { orderId });
const shipped = ({ orderId = '' }: { orderId?: string }) => next(ParcelDispatched, { orderId });
/** Takes the newer major as it is, and the older one through the upcaster. */
const shippingBoth: Partial<StepDefinition> = { on: [OrderPlacedV2], emits: [ParcelDispatched] };

async function shopOf(choreography = NEWER) {
  const stage = await Stage.on(await startServer());
  const ledger = await stage.ledger({ choreography });
  const shop = await stage.app('storefront', [], { produces: [OrderPlaced, OrderPlacedV2] });
  const place = (orderId: string) =>
    shop.producer.send(
      OrderPlacedV2,
      { orderId, channel: 'app' },
      { id: orderId, flowId: orderId, also: next(OrderPlaced, { orderId }) },
    );
  return { stage, ledger, place };
}

function shape(nodes: readonly MessageNode[]): unknown[] {
  return nodes.map(({ message, steps, next }) => [
    message.type,
    ...steps.map(({ step, settlement, emitted }) => [step, settlement.state, ...shape(emitted)]),
    ...shape(next),
  ]);
}

it('a fact that is sent as two majors is two messages, each with its steps and what they emitted', async () => {
  const { stage, ledger, place } = await shopOf();
  await stage.app('payments', [paying(paid)]);
  await stage.app('shipping', [paying(shipped, { name: 'dispatch', ...shippingBoth })]);
  await place('o-1');
  await place('o-1'); // a duplicate, which the stream leaves out
  const flow = await flowOnce(ledger, 'o-1', 'it is completed', ({ state }) => state === 'completed');
  expect(shape(flow.roots)).toEqual([
    [
      'order.placed.v1',
      ['payments__authorize', 'done', ['payment.authorized.v1']],
      ['shipping__dispatch', 'done'],
    ],
    ['order.placed.v2', ['shipping__dispatch', 'done', ['parcel.dispatched.v1']]],
  ]);
  expect(flow).toMatchObject({ type: 'order.placed.v2', end: 'payment.authorized.v1' });
  const { matches } = await ledger.where('o-1');
  expect(matches).toEqual([{ flow: 'o-1', kinds: ['flow id', 'message id', 'orderId'] }]);
  const typesOf = async (type: string) => (await ledger.flows({ type })).flows.map((each) => each.type);
  expect([await typesOf('order.placed.v2'), await typesOf('order.placed.v1')]).toEqual([
    ['order.placed.v2'],
    [],
  ]);
});

it('a flow whose end did not come is not completed, whichever of the majors it is declared for', async () => {
  const { stage, ledger, place } = await shopOf();
  await stage.app('shipping', [paying(shipped, { name: 'dispatch', ...shippingBoth })]);
  await place('o-1');
  const isDone = (flow: Flow) => settlementIn(flow, 'shipping__dispatch')?.state === 'done';
  const flow = await flowOnce(ledger, 'o-1', 'its step is done', isDone);
  const { asOf } = ledger.freshness();
  await until('the consumers were asked again', () => ledger.freshness().asOf > asOf + 1_000);
  expect((await ledger.where('o-1')).flows[0]).toMatchObject({ state: 'running', type: flow.type });
});

it('a failed attempt is told of the major that failed', async () => {
  const { stage, ledger, place } = await shopOf();
  await stage.app('payments', [
    paying(() => {
      throw new RetryAfter(4_000, 'the bank is closed');
    }),
  ]);
  await stage.app('shipping', [paying(shipped, { name: 'dispatch', ...shippingBoth })]);
  await place('o-1');
  const flow = await flowOnce(ledger, 'o-1', 'the error is told', (each) => {
    const settlement = settlementIn(each, 'payments__authorize');
    return settlement?.state === 'retrying' && settlement.error === 'the bank is closed';
  });
  expect(flow.roots[0]?.message.type).toBe('order.placed.v1');
});
