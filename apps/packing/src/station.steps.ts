import { Injectable } from '@nestjs/common';
import {
  StationRelease,
  StationReleased,
  StationReserve,
  StationReserved,
  StationUnavailable,
} from '@shop/contracts-packing';
import { Inbox, type Transaction } from '@troupe/inbox';
import { type Next, next, Step, type StepContext } from '@troupe/nest';
import { release, reserve } from './stations.ts';

/** Keeps a station for whoever asks first. Nobody queues here: who gets none asks again. */
@Injectable()
export class StationSteps {
  @Step({
    on: StationReserve,
    emits: [StationReserved, StationUnavailable],
    from: 'beginning',
    within: '30s',
    effects: Inbox,
  })
  async reserve(
    { fulfilmentId }: StationReserve,
    _context: StepContext,
    transaction: Transaction,
  ): Promise<Next<StationReserved> | Next<StationUnavailable>> {
    const station = await reserve(transaction, fulfilmentId);
    if (station === undefined) return next(StationUnavailable, { fulfilmentId });
    return next(StationReserved, { fulfilmentId, ...station });
  }

  @Step({ on: StationRelease, emits: [StationReleased], from: 'beginning', within: '30s', effects: Inbox })
  async release(
    { fulfilmentId, stationId }: StationRelease,
    _context: StepContext,
    transaction: Transaction,
  ): Promise<Next<StationReleased>> {
    await release(transaction, fulfilmentId);
    return next(StationReleased, { fulfilmentId, stationId });
  }
}
