/** How a flow is declared to end: so many events of one type. */
export interface DeclaredEnd {
  /** CloudEvents type. */
  readonly type: string;
  readonly count: number;
  /** The hand-off in whose flow they are to be, as name and number: `carrier/1`. Default: in the flow itself. */
  readonly handOff?: string;
}

/** Who takes a flow from step to step: events alone, one app that tells the others, or such a one and a system that it hands work to. */
export type Model = 'choreographed' | 'orchestrated' | 'hybrid';

/** What begins a flow, and the end that it must reach. */
export interface Sample {
  readonly model: Model;
  /** What is shown: the story in a few words. */
  readonly title: string;
  readonly end: DeclaredEnd;
  /** How far it comes where no carrier runs. Default: to its end. */
  readonly atCarrier?: DeclaredEnd;
}

/** The sample where no carrier runs: it ends where it waits for one. */
export function withoutCarrier<S extends Sample>(sample: S): S {
  return sample.atCarrier === undefined ? sample : { ...sample, end: sample.atCarrier };
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
/** Where the carrier finds nobody. */
const nowhere = { ...ada.deliverTo, postalCode: '00000' };
const tent = { sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 };

/** The orders of the demonstration, which go through the shop by events alone. */
export const SAMPLES: readonly [OrderSample, ...OrderSample[]] = [
  {
    model: 'choreographed',
    title: 'a tent and two stoves, delivered from two warehouses',
    order: {
      ...ada,
      paymentToken: 'tok_visa',
      lines: [tent, { sku: 'STOVE-1', quantity: 2, unitPrice: 4_500 }],
    },
    end: { type: 'parcel.delivered.v1', count: 2 },
    atCarrier: { type: 'parcel.dispatched.v1', count: 2 },
  },
  {
    model: 'choreographed',
    title: 'a tent to an address that the carrier does not find, its parcel comes back',
    order: { ...ada, deliverTo: nowhere, paymentToken: 'tok_visa', lines: [tent] },
    end: { type: 'parcel.returned.v1', count: 1 },
    atCarrier: { type: 'parcel.dispatched.v1', count: 1 },
  },
  {
    model: 'choreographed',
    title: 'a tent, the payment is declined',
    order: { ...ada, paymentToken: 'tok_declined', lines: [tent] },
    end: { type: 'payment.declined.v1', count: 1 },
  },
  {
    model: 'choreographed',
    title: 'a lantern that is out of stock, the payment is refunded',
    order: { ...ada, paymentToken: 'tok_visa', lines: [{ sku: 'LANTERN-9', quantity: 1, unitPrice: 2_900 }] },
    end: { type: 'payment.refunded.v1', count: 1 },
  },
];

const linesOf = (...skus: readonly string[]) => skus.map((sku) => ({ sku, quantity: 1 }));
const recipient = ada.customer.name;
const { deliverTo } = ada;

/** What is fulfilled beside them, step by step as it is told; the last one's parcel is handed to the carrier. */
export const FULFILMENTS: readonly [FulfilmentSample, FulfilmentSample] = [
  {
    model: 'orchestrated',
    title: 'three lines, a lantern among them is missing, the others go back to their shelves',
    fulfilment: {
      recipient,
      deliverTo,
      lines: linesOf('TENT-2P', 'STOVE-1', 'LANTERN-9'),
      whenMissing: 'cancel',
    },
    end: { type: 'fulfilment.cancelled.v1', count: 1 },
  },
  {
    model: 'hybrid',
    title: 'eight lines, all but a lantern are packed and labelled, and the carrier delivers them',
    fulfilment: {
      recipient,
      deliverTo,
      lines: linesOf(
        ...['TENT-2P', 'TENT-4P', 'MAT-XL', 'STOVE-1', 'POT-2L', 'ROPE-30M', 'LANTERN-9', 'MAT-XL'],
      ),
      whenMissing: 'partial',
    },
    end: { type: 'parcel.delivered.v1', count: 1, handOff: 'carrier/1' },
    atCarrier: { type: 'parcel.consigned.v1', count: 1, handOff: 'carrier/1' },
  },
];
