import { expect, it } from 'vitest';
import { SERVICES } from './cast.ts';
import { completed } from './console.ts';
import { expectEnds } from './ends.spec.support.ts';
import { DECLINED, REFUNDED } from './samples.ts';
import { sharedSystem } from './shared-system.ts';
import { type Accepted, requestFulfilment, shopDuring } from './shop.ts';

const ORDERS = 500;
const KILLS_TIME = 900_000;

const system = sharedSystem();

it(
  'loses no order and does nothing twice while each container in turn is killed',
  async () => {
    const fulfilments: Accepted[] = [];
    const orders = await shopDuring(system.url('storefront'), ORDERS, async () => {
      for (const victim of SERVICES) {
        const killed = system.kill(victim).then(() => system.startAgain([victim]));
        const [fulfilment] = await Promise.all([requestFulfilment(system.url('fulfilment')), killed]);
        fulfilments.push(fulfilment);
      }
    });
    for (const accepted of [...orders, ...fulfilments]) {
      expectEnds(accepted, await completed(system.url('console'), accepted.flowId));
    }
    const paid = orders.filter(({ sample }) => sample !== DECLINED);
    const refunded = orders.filter(({ sample }) => sample === REFUNDED);
    expect(await system.query('payments', bookingsOf(orders, 'payments'))).toBe(String(paid.length));
    expect(await system.query('payments', bookingsOf(orders, 'refunds'))).toBe(String(refunded.length));
  },
  KILLS_TIME,
);

function bookingsOf(orders: readonly Accepted[], table: string): string {
  const ids = orders.map(({ orderId }) => `'${orderId}'`);
  return `SELECT count(*) FROM ${table} WHERE order_id IN (${ids.join()})`;
}
