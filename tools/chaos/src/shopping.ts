import type { Accepted, Wanted } from './load.ts';

/** An order to place, by the way it is to go. */
export type OrderKind = 'one-parcel' | 'two-parcels' | 'returned' | 'declined' | 'short' | 'poison';

/** How an order is to end: so many events of one type; a poisonous one is set aside instead. */
export interface ExpectedEnd {
  /** CloudEvents type. */
  readonly type: string;
  readonly count: number;
}

/** The token of a payment that ends every process that asks the provider for it: see `poison.ts`. */
export const POISON_TOKEN = 'tok_poison';

export const DISPATCHED = 'parcel.dispatched.v1';
export const DELIVERED = 'parcel.delivered.v1';
export const RETURNED = 'parcel.returned.v1';
export const DECLINED = 'payment.declined.v1';
export const REFUNDED = 'payment.refunded.v1';

export const EXPECTED_ENDS: Readonly<Record<OrderKind, ExpectedEnd | undefined>> = {
  'one-parcel': { type: DELIVERED, count: 1 },
  'two-parcels': { type: DELIVERED, count: 2 },
  returned: { type: RETURNED, count: 1 },
  declined: { type: DECLINED, count: 1 },
  short: { type: REFUNDED, count: 1 },
  poison: undefined,
};

/** How many parcels an order of a kind has. */
export function parcelsOf(kind: OrderKind): number {
  const end = EXPECTED_ENDS[kind];
  return end?.type === DELIVERED || end?.type === RETURNED ? end.count : 0;
}

const TENT = { sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 };
const STOVE = { sku: 'STOVE-1', quantity: 2, unitPrice: 4_500 };
/** Never in stock. */
const LANTERN = { sku: 'LANTERN-9', quantity: 1, unitPrice: 2_900 };

const LINES: Readonly<Record<OrderKind, readonly object[]>> = {
  'one-parcel': [TENT],
  'two-parcels': [TENT, STOVE],
  returned: [TENT],
  declined: [TENT],
  short: [LANTERN],
  poison: [TENT],
};

const TOKENS: Readonly<Partial<Record<OrderKind, string>>> = {
  declined: 'tok_declined',
  poison: POISON_TOKEN,
};

/** Where the carrier finds somebody, and where it does not. */
const [SOMEWHERE, NOWHERE] = ['12345', '00000'];

/** An order that the storefront took. */
export type AcceptedOrder = Accepted<OrderKind, OrderIds>;

interface OrderIds {
  readonly orderId: string;
  readonly flowId: string;
}

/** The order with this number, at the storefront: sent again, it has the same key. */
export function orderAt(shop: string, seed: number): (kind: OrderKind, number: number) => Wanted<OrderIds> {
  return (kind, number) => {
    const name = `chaos-${seed}-${number}`;
    return {
      name,
      body: orderBody(kind),
      headers: { 'idempotency-key': name },
      url: () => `${shop}/orders`,
      known: (answer) => {
        const { orderId, flowId } = JSON.parse(answer) as OrderIds;
        return { orderId, flowId };
      },
    };
  };
}

/** The body of `POST /orders`. */
function orderBody(kind: OrderKind): object {
  return {
    customer: { name: 'Ada Example', email: 'ada@example.com' },
    deliverTo: {
      street: '1 Main Street',
      city: 'Springfield',
      postalCode: kind === 'returned' ? NOWHERE : SOMEWHERE,
      country: 'US',
    },
    currency: 'EUR',
    paymentToken: TOKENS[kind] ?? 'tok_visa',
    lines: LINES[kind],
  };
}
