import { Injectable } from '@nestjs/common';
import {
  LabelPrint,
  LabelPrinted,
  ParcelPack,
  ParcelPacked,
  ParcelUnpack,
  ParcelUnpacked,
} from '@shop/contracts-packing';
import { Inbox, type Transaction } from '@troupe/inbox';
import { type Next, next, Step, type StepContext } from '@troupe/nest';
import { recordLabel, recordParcel, recordUnpacked } from './parcels.ts';
import { assertKept, release } from './stations.ts';

/** Packs at the station that is kept for the fulfilment, which is free again once the parcel has its label. */
@Injectable()
export class ParcelSteps {
  @Step({ on: ParcelPack, emits: [ParcelPacked], from: 'beginning', within: '30s', effects: Inbox })
  async pack(
    { fulfilmentId, stationId, lines }: ParcelPack,
    context: StepContext,
    transaction: Transaction,
  ): Promise<Next<ParcelPacked>> {
    await assertKept(transaction, stationId, fulfilmentId);
    const parcel = { fulfilmentId, parcelId: `box_${context.idempotencyKey}` };
    await recordParcel(transaction, parcel, stationId, lines);
    return next(ParcelPacked, parcel);
  }

  @Step({ on: ParcelUnpack, emits: [ParcelUnpacked], from: 'beginning', within: '30s', effects: Inbox })
  async unpack(
    { fulfilmentId, parcelId }: ParcelUnpack,
    _context: StepContext,
    transaction: Transaction,
  ): Promise<Next<ParcelUnpacked>> {
    const parcel = { fulfilmentId, parcelId };
    await recordUnpacked(transaction, parcel);
    return next(ParcelUnpacked, parcel);
  }

  /** The printer is simulated: a label is its number. */
  @Step({ on: LabelPrint, emits: [LabelPrinted], from: 'beginning', within: '30s', effects: Inbox })
  async print(
    { fulfilmentId, parcelId }: LabelPrint,
    context: StepContext,
    transaction: Transaction,
  ): Promise<Next<LabelPrinted>> {
    const labelNumber = `lbl_${context.idempotencyKey}`;
    await recordLabel(transaction, { fulfilmentId, parcelId }, labelNumber);
    await release(transaction, fulfilmentId);
    return next(LabelPrinted, { fulfilmentId, parcelId, labelNumber });
  }
}
