import { Injectable, Module } from '@nestjs/common';
import { ParcelDelivered, ParcelReturned } from '@shop/contracts-carrier';
import { ParcelConsigned } from '@shop/contracts-fulfilment';
import {
  LabelPrint,
  LabelPrinted,
  ParcelPack,
  ParcelPacked,
  ParcelUnpack,
  ParcelUnpacked,
  StationRelease,
  StationReleased,
  StationReserve,
  StationReserved,
  StationUnavailable,
} from '@shop/contracts-packing';
import { ItemMissing, ItemPick, ItemPicked, ItemRestock, ItemRestocked } from '@shop/contracts-picking';
import { type Next, next, Step, type StepContext, TerminalError, TroupeModule } from '@troupe/nest';

/** Of these there is never any. */
export const MISSING_SKU = 'LANTERN-9';
/** Labels of these recipients cannot be printed. */
export const UNPRINTABLE = 'The Ink Is Empty';
/** The carrier never tells of parcels for these recipients. */
export const FORGOTTEN = 'Nobody Knows';
/** The carrier finds nobody there. */
export const NOWHERE = '00000';
/** The first request for a station of these fulfilments finds none. */
export const CROWDED = 'f-crowded';

/** Stand-ins for picking, packing and the carrier, which keep nothing: what they answer follows from what they are told. */
@Injectable()
class Workers {
  readonly #crowds = new Set<string>();

  @Step({ on: StationReserve, emits: [StationReserved, StationUnavailable], from: 'beginning' })
  reserve({ fulfilmentId }: StationReserve): Next<StationReserved> | Next<StationUnavailable> | undefined {
    if (fulfilmentId.startsWith(CROWDED) && !this.#crowds.has(fulfilmentId)) {
      this.#crowds.add(fulfilmentId);
      return next(StationUnavailable, { fulfilmentId });
    }
    return next(StationReserved, { fulfilmentId, stationId: 'st-04', address: 'hall-1/bay-04' });
  }

  @Step({ on: StationRelease, emits: [StationReleased], from: 'beginning' })
  release({ fulfilmentId, stationId }: StationRelease): Next<StationReleased> {
    return next(StationReleased, { fulfilmentId, stationId });
  }

  @Step({ on: ItemPick, emits: [ItemPicked, ItemMissing], from: 'beginning' })
  pick({ fulfilmentId, line, sku, quantity }: ItemPick): Next<ItemPicked> | Next<ItemMissing> {
    if (sku === MISSING_SKU)
      return next(ItemMissing, { fulfilmentId, line, sku, wanted: quantity, available: 0 });
    return next(ItemPicked, { fulfilmentId, line, pickId: `pick-${line}`, sku, quantity });
  }

  @Step({ on: ItemRestock, emits: [ItemRestocked], from: 'beginning' })
  restock({ fulfilmentId, pickId }: ItemRestock): Next<ItemRestocked> {
    return next(ItemRestocked, { fulfilmentId, pickId });
  }

  @Step({ on: ParcelPack, emits: [ParcelPacked], from: 'beginning' })
  pack({ fulfilmentId }: ParcelPack, { idempotencyKey }: StepContext): Next<ParcelPacked> {
    return next(ParcelPacked, { fulfilmentId, parcelId: `box_${idempotencyKey}` });
  }

  @Step({ on: ParcelUnpack, emits: [ParcelUnpacked], from: 'beginning' })
  unpack({ fulfilmentId, parcelId }: ParcelUnpack): Next<ParcelUnpacked> {
    return next(ParcelUnpacked, { fulfilmentId, parcelId });
  }

  @Step({ on: LabelPrint, emits: [LabelPrinted], from: 'beginning' })
  print(
    { fulfilmentId, parcelId, recipient }: LabelPrint,
    { idempotencyKey }: StepContext,
  ): Next<LabelPrinted> {
    if (recipient === UNPRINTABLE) throw new TerminalError('There is no ink.');
    return next(LabelPrinted, { fulfilmentId, parcelId, labelNumber: `lbl_${idempotencyKey}` });
  }

  @Step({ on: ParcelConsigned, emits: [ParcelDelivered, ParcelReturned], from: 'beginning' })
  carry({
    orderId,
    parcelId,
    recipient,
    deliverTo,
  }: ParcelConsigned): Next<ParcelDelivered> | Next<ParcelReturned> | undefined {
    if (recipient === FORGOTTEN) return undefined;
    if (deliverTo.postalCode === NOWHERE)
      return next(ParcelReturned, { orderId, parcelId, reason: 'address-unknown' });
    return next(ParcelDelivered, { orderId, parcelId });
  }
}

@Module({ imports: [TroupeModule.forRoot({ app: 'workers' })], providers: [Workers] })
export class WorkersModule {}
