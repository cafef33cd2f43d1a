import type { Item } from '@shop/contracts-order';
import type { ServiceCall } from '@troupe/nest';

/** What is to be kept for an order. */
export interface Picking {
  readonly orderId: string;
  readonly reservationId: string;
  readonly lines: readonly Item[];
}

/** Puts reserved goods aside. A repeated call with the same idempotency key puts nothing aside again. */
export abstract class Warehouse {
  abstract putAside(picking: Picking, call: ServiceCall): Promise<void>;
}

/** Nobody fetches anything. */
export class SimulatedWarehouse extends Warehouse {
  async putAside(): Promise<void> {}
}
