import type { Accepted, Wanted } from '../load.ts';

/** A fulfilment to ask for, by the way it is to go. */
export type FulfilmentKind = 'whole' | 'large' | 'partial' | 'refused';

/** What each kind asks for, and what is to come of it. */
export interface Wish {
  /** Products of its lines, one piece each. */
  readonly lines: readonly string[];
  readonly whenMissing: 'partial' | 'cancel';
  /** CloudEvents type of the one event that ends it. */
  readonly end: typeof FULFILLED | typeof CANCELLED;
  /** What its master status says then. */
  readonly status: 'completed' | 'compensated';
}

/** The hand-off to the carrier: the flow of a fulfilment, and what follows in the carrier's. */
export const CARRIED = '/carrier/1';
export const CONSIGNED = 'parcel.consigned.v1';
export const DELIVERED = 'parcel.delivered.v1';
export const FULFILLED = 'order.fulfilled.v1';
export const CANCELLED = 'fulfilment.cancelled.v1';

const THREE = ['TENT-2P', 'STOVE-1', 'MAT-XL'];
/** Never on its shelf. */
export const LANTERN = 'LANTERN-9';

export const WISHES: Readonly<Record<FulfilmentKind, Wish>> = {
  whole: { lines: THREE, whenMissing: 'cancel', end: FULFILLED, status: 'completed' },
  large: {
    lines: Array.from({ length: 20 }, (_, i) => THREE[i % THREE.length] as string),
    whenMissing: 'cancel',
    end: FULFILLED,
    status: 'completed',
  },
  partial: { lines: [...THREE, LANTERN], whenMissing: 'partial', end: FULFILLED, status: 'completed' },
  refused: { lines: [...THREE, LANTERN], whenMissing: 'cancel', end: CANCELLED, status: 'compensated' },
};

/** A fulfilment that an orchestrator took. */
export type AcceptedFulfilment = Accepted<FulfilmentKind, { readonly id: string }>;

/** The fulfilment with this number, asked of the orchestrators in turn: its id makes it one. */
export function fulfilmentAt(
  orchestrators: readonly string[],
  seed: number,
): (kind: FulfilmentKind, number: number) => Wanted<{ readonly id: string }> {
  return (kind, number) => {
    const id = `chaos-${seed}-${number}`;
    return {
      name: id,
      body: fulfilmentBody(kind, id),
      url: (tries) => `${orchestrators[(number + tries) % orchestrators.length]}/fulfilments`,
      known: () => ({ id }),
    };
  };
}

/** The body of `POST /fulfilments`. */
function fulfilmentBody(kind: FulfilmentKind, fulfilmentId: string): object {
  const { lines, whenMissing } = WISHES[kind];
  return {
    fulfilmentId,
    orderId: `order-of-${fulfilmentId}`,
    recipient: 'Ada Example',
    deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
    lines: lines.map((sku) => ({ sku, quantity: 1 })),
    whenMissing,
  };
}

/** How many of its lines can be picked. */
export function pickable(kind: FulfilmentKind): number {
  return WISHES[kind].lines.filter((sku) => sku !== LANTERN).length;
}
