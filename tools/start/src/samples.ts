/** How a flow is declared to end: so many events of one type. */
export interface DeclaredEnd {
  /** CloudEvents type. */
  readonly type: string;
  readonly count: number;
}

/** An order to place, and the end that its flow must reach. */
export interface Sample {
  /** What is shown: the story in a few words. */
  readonly title: string;
  readonly order: OrderBody;
  readonly end: DeclaredEnd;
}

/** The body of `POST /orders`; amounts in minor units of the currency. */
export interface OrderBody {
  readonly customer: { readonly name: string; readonly email: string };
  readonly deliverTo: {
    readonly street: string;
    readonly city: string;
    readonly postalCode: string;
    readonly country: string;
  };
  readonly currency: string;
  readonly paymentToken: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPrice: number }[];
}

const ada = {
  customer: { name: 'Ada Example', email: 'ada@example.com' },
  deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
  currency: 'EUR',
};

/** The three orders of the demonstration. */
export const SAMPLES: readonly [Sample, Sample, Sample] = [
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
