import {
  FulfilmentCancelled,
  FulfilmentRequested,
  OrderFulfilled,
  ParcelConsigned,
} from '@shop/contracts-fulfilment';
import {
  LabelPrint,
  ParcelPack,
  ParcelUnpack,
  StationRelease,
  StationReserve,
} from '@shop/contracts-packing';
import { ItemPick, ItemRestock } from '@shop/contracts-picking';
import { Flow, type Next, next } from '@troupe/nest';
import { type EndedInstance, Orchestration } from '@troupe/orchestration';
import { type FulfilmentContext, fulfilmentMachine } from './machine.ts';

/** From a request to a parcel that the carrier brought, or to nothing having happened. The client's id is the instance's. */
@Flow({ starts: FulfilmentRequested, ends: [OrderFulfilled, FulfilmentCancelled], within: '14d' })
@Orchestration({
  name: 'fulfilment',
  version: 1,
  machine: fulfilmentMachine,
  starts: FulfilmentRequested,
  commands: [StationReserve, StationRelease, ItemPick, ItemRestock, ParcelPack, ParcelUnpack, LabelPrint],
  emits: [OrderFulfilled, ParcelConsigned, FulfilmentCancelled],
  from: 'beginning',
  ends: {
    cancelled: (instance) => cancelled(instance, 'requested'),
    compensated: (instance) => cancelled(instance, 'item-missing'),
  },
  id: ({ fulfilmentId }) => fulfilmentId,
  // A station, a parcel, a label and its delivery beside the lines; asking for a station again is no progress.
  progress: ({ lineCount }, { done }) => ({ done: Math.min(done, lineCount + 4), total: lineCount + 4 }),
})
export class Fulfilment {}

function cancelled(
  { id, context }: EndedInstance<FulfilmentContext>,
  reason: string,
): Next<FulfilmentCancelled> {
  return next(FulfilmentCancelled, {
    fulfilmentId: id,
    ...(context !== undefined && { orderId: context.orderId }),
    reason,
  });
}
