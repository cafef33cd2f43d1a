/** How a flow is declared to end: so many events of one type. */
export interface DeclaredEnd {
  /** CloudEvents type. */
  readonly type: string;
  readonly count: number;
}

/** What begins a flow, and the end that it must reach. */
export interface Sample {
  /** What is shown: the story in a few words. */
  readonly title: string;
  readonly end: DeclaredEnd;
}

/** An order to place. */
export interface OrderSample extends Sample {
  readonly order: OrderBody;
}

/** An order to have fulfilled. */
export interface FulfilmentSample extends Sample {
  readonly fulfilment: FulfilmentBody;
}

/** The body of `POST /orders`; amounts in minor units of the currency. */
export interface OrderBody {
  readonly customer: { readonly name: string; readonly email: string };
  readonly deliverTo: AddressBody;
  readonly currency: string;
  readonly paymentToken: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPrice: number }[];
}

/** The body of `POST /fulfilments`, but for the ids. */
export interface FulfilmentBody {
  readonly recipient: string;
  readonly deliverTo: AddressBody;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly whenMissing: 'partial' | 'cancel';
}

interface AddressBody {
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
}

const ada = {
  customer: { name: 'Ada Example', email: 'ada@example.com' },
  deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
  currency: 'EUR',
};

/** The three orders of the demonstration, which go through the shop by events alone. */
export const SAMPLES: readonly [OrderSample, OrderSample, OrderSample] = [
  {
    title: 'a tent and two stoves, delivered from two warehouses',
    order: {
      ...ada,
      paymentToken: 'tok_visa',
      lines: [
        { sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 },
        { sku: 'STOVE-1', quantity: 2, unitPrice: 4_500 },
      ],
    },
    end: { type: 'parcel.dispatched.v1', count: 2 },
  },
  {
    title: 'a tent, the payment is declined',
    order: {
      ...ada,
      paymentToken: 'tok_declined',
      lines: [{ sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 }],
    },
    end: { type: 'payment.declined.v1', count: 1 },
  },
  {
    title: 'a lantern that is out of stock, the payment is refunded',
    order: { ...ada, paymentToken: 'tok_visa', lines: [{ sku: 'LANTERN-9', quantity: 1, unitPrice: 2_900 }] },
    end: { type: 'payment.refunded.v1', count: 1 },
  },
];

/** The order that is fulfilled beside them, step by step as it is told. */
export const FULFILMENT: FulfilmentSample = {
  title: 'eight lines picked at once, a lantern among them is missing, the others packed and labelled',
  fulfilment: {
    recipient: ada.customer.name,
    deliverTo: ada.deliverTo,
    lines: ['TENT-2P', 'TENT-4P', 'MAT-XL', 'STOVE-1', 'POT-2L', 'ROPE-30M', 'LANTERN-9', 'MAT-XL'].map(
      (sku) => ({ sku, quantity: 1 }),
    ),
    whenMissing: 'partial',
  },
  end: { type: 'order.fulfilled.v1', count: 1 },
};
