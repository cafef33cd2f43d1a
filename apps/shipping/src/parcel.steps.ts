import { Injectable } from '@nestjs/common';
import { ParcelDispatched } from '@shop/contracts-parcel';
import { StockReserved } from '@shop/contracts-stock';
import { Inbox, type Transaction } from '@troupe/inbox';
import { type Next, next, Step, type StepContext } from '@troupe/nest';
import { Carrier } from './carrier.ts';
import { recordParcel } from './dispatches.ts';
import { parcelsOf } from './parcels.ts';

/** Dispatches what is set aside. The carrier hears of each parcel before the commit, and again should that fail. */
@Injectable()
export class ParcelSteps {
  constructor(private readonly carrier: Carrier) {}

  /** A cascade: several messages of one contract, told apart by their warehouse. */
  @Step({ on: StockReserved, emits: [ParcelDispatched], from: 'beginning', within: '30s', effects: Inbox })
  async dispatch(
    reserved: StockReserved,
    context: StepContext,
    transaction: Transaction,
  ): Promise<Next<ParcelDispatched>[]> {
    const parcels = parcelsOf(reserved, context.idempotencyKey);
    for (const parcel of parcels) {
      await recordParcel(transaction, parcel);
      await this.carrier.dispatch(parcel, context.signal);
    }
    return parcels.map((parcel) => next(ParcelDispatched, parcel, { key: parcel.warehouse }));
  }
}
