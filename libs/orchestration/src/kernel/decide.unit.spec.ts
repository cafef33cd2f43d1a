import { describe, expect, it } from 'vitest';
import { parcelOptions } from '../parcel.spec.support.ts';
import {
  ItemMissing,
  ItemPicked,
  ItemReturned,
  ParcelDropped,
  ParcelPaid,
  ParcelReady,
  PickItem,
  PutBack,
  ReleaseStation,
  ReserveStation,
  StationReleased,
  StationReserved,
} from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

const request = { parcel: 'p-1', items: ['red', 'blue'] };

describe('an orchestration', () => {
  it('begins with its start, dispatches a command, and arms a wake-up for its deadline', () => {
    const stage = new Stage(parcelOptions);
    const { outcome, outputs, record, wakeAt } = stage.start(request);
    expect(outcome).toBe('started');
    expect(outputs).toEqual([
      expect.objectContaining({ contract: ReserveStation, data: { parcel: 'p-1' }, key: 'station.reserve' }),
    ]);
    expect(record).toMatchObject({
      status: 'running',
      snapshot: { value: 'reserving', context: { parcel: 'p-1', picked: [] } },
      commands: [
        {
          name: 'station.reserve',
          status: 'open',
          id: outputs[0]?.id,
          dueAt: '2026-01-01T00:00:30.000Z',
        },
      ],
      wakeAt: '2026-01-01T00:00:30.000Z',
    });
    expect(wakeAt).toEqual(new Date('2026-01-01T00:00:30.000Z'));
  });

  it('goes on with the answer, joins a fan-out, and ends', () => {
    const stage = new Stage(parcelOptions);
    stage.start(request);
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    expect(stage.sentOf(PickItem)).toEqual([{ item: 'red' }, { item: 'blue' }]);
    stage.answer(PickItem, ItemMissing, { item: 'blue' }, 'blue');
    expect(stage.record?.snapshot?.value).toBe('picking');
    stage.answer(PickItem, ItemPicked, { item: 'red' }, 'red');
    expect(stage.record?.snapshot).toMatchObject({
      value: 'waiting',
      context: { station: 'north', picked: ['red'] },
    });
    stage.event(ParcelPaid, { parcel: 'p-1' });
    expect(stage.record).toMatchObject({ status: 'completed', endedAt: expect.any(String) });
    expect(stage.sentOf(ParcelReady)).toEqual([{ parcel: 'p-1' }]);
  });

  it('compensates on request of a person: what was done last is undone first', () => {
    const stage = new Stage(parcelOptions);
    stage.start(request);
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    stage.answer(PickItem, ItemPicked, { item: 'red' }, 'red');
    stage.answer(PickItem, ItemPicked, { item: 'blue' }, 'blue');
    stage.request({ request: 'cancel', by: 'ann' });
    expect(stage.record?.status).toBe('compensating');
    stage.answer(PutBack, ItemReturned, { item: 'blue' });
    stage.answer(PutBack, ItemReturned, { item: 'red' });
    expect(stage.sentOf(PutBack)).toEqual([{ item: 'blue' }, { item: 'red' }]);
    expect(stage.sentOf(ParcelDropped)).toEqual([]);
    stage.answer(ReleaseStation, StationReleased, { station: 'north' });
    expect(stage.record).toMatchObject({ status: 'cancelled', compensation: { done: 3, failed: 0 } });
    expect(stage.sentOf(ParcelDropped)).toEqual([{ parcel: 'p-1' }]);
  });
});
