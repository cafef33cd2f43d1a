import { Injectable } from '@nestjs/common';
import { ParcelDispatched } from '@shop/contracts-parcel';
import { StockReserved } from '@shop/contracts-stock';
import { type Next, next, Step, type StepContext } from '@troupe/nest';
import { parcelsOf } from './parcels.ts';

/** Dispatches what is set aside. */
@Injectable()
export class ParcelSteps {
  /** A cascade: several messages of one contract, told apart by their warehouse. */
  @Step({ on: StockReserved, emits: [ParcelDispatched], from: 'beginning', within: '30s' })
  dispatch(reserved: StockReserved, context: StepContext): Next<ParcelDispatched>[] {
    return parcelsOf(reserved, context.idempotencyKey).map((parcel) =>
      next(ParcelDispatched, parcel, { key: parcel.warehouse }),
    );
  }
}
