import type { ParcelDispatched } from '@shop/contracts-parcel';

/** Takes parcels. One that it is told of again, by its id, is taken once. */
export abstract class Carrier {
  /** @param signal ends the call when it is aborted */
  abstract dispatch(parcel: ParcelDispatched, signal: AbortSignal): Promise<void>;
}

/** Nobody comes. */
export class SimulatedCarrier extends Carrier {
  async dispatch(): Promise<void> {}
}
