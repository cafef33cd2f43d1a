/** What is asked for over HTTP, and how it must end. */
export interface Sample {
  readonly body: Readonly<Record<string, unknown>>;
  /** Of each contract that an end of its flow may have, how many there must be. */
  readonly ends: Readonly<Record<string, number>>;
}

const address = { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' };
/** Where the carrier finds nobody. */
const nowhere = { ...address, postalCode: '00000' };
const tent = { sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 };

const NO_ENDS = {
  'parcel.delivered.v1': 0,
  'parcel.returned.v1': 0,
  'payment.declined.v1': 0,
  'payment.refunded.v1': 0,
};

/** From two warehouses. */
export const DELIVERED = order({
  lines: [tent, { sku: 'STOVE-1', quantity: 2, unitPrice: 4_500 }],
  ends: { 'parcel.delivered.v1': 2 },
});

export const RETURNED = order({ deliverTo: nowhere, ends: { 'parcel.returned.v1': 1 } });
export const DECLINED = order({ paymentToken: 'tok_declined', ends: { 'payment.declined.v1': 1 } });
export const REFUNDED = order({
  lines: [{ sku: 'LANTERN-9', quantity: 1, unitPrice: 2_900 }],
  ends: { 'payment.refunded.v1': 1 },
});

export const ORDERS: readonly Sample[] = [DELIVERED, RETURNED, DECLINED, REFUNDED];

/** Picked, packed, labelled and handed to the carrier. Its ids are left to whoever asks for it. */
export const FULFILMENT: Sample = {
  body: {
    recipient: 'Ada Example',
    deliverTo: address,
    lines: ['TENT-2P', 'STOVE-1', 'POT-2L', 'MAT-XL'].map((sku) => ({ sku, quantity: 1 })),
    whenMissing: 'partial',
  },
  ends: { 'order.fulfilled.v1': 1 },
};

function order({ ends, ...differing }: Record<string, unknown> & Pick<Sample, 'ends'>): Sample {
  return {
    body: {
      customer: { name: 'Ada Example', email: 'ada@example.com' },
      deliverTo: address,
      currency: 'EUR',
      paymentToken: 'tok_visa',
      lines: [tent],
      ...differing,
    },
    ends: { ...NO_ENDS, ...ends },
  };
}
