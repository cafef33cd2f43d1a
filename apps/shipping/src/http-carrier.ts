import type { ParcelDispatched } from '@shop/contracts-parcel';
import { ServiceClient } from '@troupe/nest';
import { Carrier } from './carrier.ts';

/** A carrier that is called over HTTP, once for each parcel. */
export class HttpCarrier extends Carrier {
  readonly #service: ServiceClient;

  constructor(url: string) {
    super();
    this.#service = new ServiceClient({ name: 'carrier', url });
  }

  async dispatch({ orderId, parcelId, warehouse }: ParcelDispatched, signal: AbortSignal): Promise<void> {
    const call = { idempotencyKey: parcelId, signal };
    await this.#service.post('/dispatches', { orderId, parcelId, warehouse }, call);
  }
}
