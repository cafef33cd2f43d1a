import { next } from '@troupe/jetstream';
import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import { compensate, dispatch } from '../definition/actions.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import { parcelOptions } from '../parcel.spec.support.ts';
import {
  ItemMissing,
  ItemPicked,
  ItemReturned,
  ParcelDropped,
  ParcelRequested,
  PickItem,
  PutBack,
  ReleaseStation,
  ReserveStation,
  StationReleased,
  StationReserved,
} from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

const request = { parcel: 'p-1', items: ['a', 'b', 'c'] };

describe('compensation', () => {
  it('sends one undo command at a time, in the reverse order of what was done', () => {
    const stage = picked();
    stage.request({ request: 'cancel', by: 'ann' });
    expect(stage.record).toMatchObject({
      status: 'compensating',
      timers: [],
      compensation: { reason: 'cancelled', by: 'ann', startedAt: expect.any(String) },
    });
    expect(stage.sentOf(PutBack)).toEqual([{ item: 'c' }]);
    stage.answer(PutBack, ItemReturned, { item: 'c' });
    expect(stage.sentOf(PutBack)).toEqual([{ item: 'c' }, { item: 'a' }]);
    stage.answer(PutBack, ItemReturned, { item: 'a' });
    expect(stage.sentOf(PutBack)).toHaveLength(2);
    expect(stage.sentOf(ReleaseStation)).toEqual([{ station: 'north' }]);
    stage.answer(ReleaseStation, StationReleased, { station: 'north' });
    expect(stage.record).toMatchObject({
      status: 'cancelled',
      endedAt: expect.any(String),
      compensation: {
        queue: [],
        done: 3,
        failed: 0,
        undone: [
          { name: 'picks', key: 'c', status: 'answered' },
          { name: 'picks', key: 'a', status: 'answered' },
          { name: 'station.reserve', status: 'answered' },
        ],
      },
    });
    expect(stage.sentOf(ParcelDropped)).toEqual([{ parcel: 'p-1' }]);
  });

  it('leaves alone what its answer left nothing of', () => {
    const stage = picked();
    expect(stage.branchesOf('picks').map(({ undo }) => undo?.data)).toEqual([
      { item: 'a' },
      undefined,
      { item: 'c' },
    ]);
  });

  it('reports an undo that fails, and goes on with the next', () => {
    const stage = picked();
    stage.request({ request: 'cancel' });
    stage.deadLetter(PutBack, 'terminal-error');
    stage.answer(PutBack, ItemReturned, { item: 'a' });
    stage.pass(120_000); // the release is sent four times within 30 s each
    expect(stage.resubmitted).toHaveLength(3);
    expect(stage.record).toMatchObject({
      status: 'cancelled',
      compensation: {
        done: 1,
        failed: 2,
        undone: [
          { key: 'c', status: 'failed' },
          { key: 'a', status: 'answered' },
          { name: 'station.reserve', status: 'failed' },
        ],
      },
      problems: [
        { code: 'terminal-error', command: 'undo picks c' },
        { code: 'unanswered', command: 'undo station.reserve' },
      ],
    });
  });

  it('undoes at once what was under way, when its answer comes', () => {
    const stage = new Stage(parcelOptions);
    stage.start(request);
    stage.request({ request: 'cancel' });
    expect(stage.record).toMatchObject({ status: 'cancelled', commands: [{ status: 'dropped' }] });
    expect(stage.answer(ReserveStation, StationReserved, { station: 'north' }).outcome).toBe('taken');
    expect(stage.sentOf(ReleaseStation)).toEqual([{ station: 'north' }]);
    expect(stage.record?.status).toBe('cancelled');
    expect(stage.answer(ReserveStation, StationReserved, { station: 'north' }).outcome).toBe('late');
    expect(stage.answer(ReleaseStation, StationReleased, { station: 'north' }).outcome).toBe('late');
  });

  it('undoes branches that are answered while it runs at once, and each once', () => {
    const stage = new Stage(parcelOptions);
    stage.start(request);
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    stage.answer(PickItem, ItemPicked, { item: 'b' }, 'b');
    stage.request({ request: 'cancel' });
    expect(stage.sentOf(PutBack)).toEqual([{ item: 'b' }]);
    for (const item of ['c', 'a']) {
      stage.answer(PickItem, ItemPicked, { item }, `picks/${item}`);
      expect(stage.answer(PickItem, ItemPicked, { item }, `picks/${item}`).outcome).toBe('late');
    }
    expect(stage.sentOf(PutBack)).toEqual([{ item: 'b' }, { item: 'c' }, { item: 'a' }]);
    for (const item of ['b', 'c', 'a']) stage.answer(PutBack, ItemReturned, { item }, `picks ${item}`);
    expect(stage.sentOf(PutBack)).toHaveLength(3);
    stage.answer(ReleaseStation, StationReleased, { station: 'north' });
    expect(stage.record).toMatchObject({ status: 'cancelled', compensation: { done: 4 } });
  });

  it('is asked for by a person when the instance is suspended, and ends as compensated', () => {
    const stage = picked();
    stage.record = { ...stage.record, status: 'suspended' } as typeof stage.record;
    stage.request({ request: 'compensate', by: 'ann' });
    expect(stage.record?.compensation?.reason).toBe('requested');
    undoAll(stage);
    expect(stage.record?.status).toBe('compensated');
  });

  it('is asked for by the machine', () => {
    const stage = new Stage(giving);
    stage.start(request);
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    expect(stage.record).toMatchObject({ status: 'compensating', compensation: { reason: 'declared' } });
    stage.answer(ReleaseStation, StationReleased, { station: 'north' });
    expect(stage.record?.status).toBe('compensated');
    expect(stage.sentOf(ParcelDropped)).toEqual([{ parcel: 'compensated' }]);
  });

  it('is refused a second time, and when the instance has ended', () => {
    const stage = picked();
    stage.request({ request: 'cancel' });
    expect(stage.request({ request: 'cancel' }).refusal).toBe('What was done is being undone already.');
    undoAll(stage);
    expect(stage.request({ request: 'cancel' })).toMatchObject({
      outcome: 'refused',
      refusal: 'It is cancelled.',
    });
  });

  it('ends even when what says so fails', () => {
    const stage = new Stage({
      ...parcelOptions,
      ends: { cancelled: () => next(ParcelDropped, { parcel: 7 as unknown as string }) },
    });
    stage.start(request);
    stage.request({ request: 'cancel' });
    expect(stage.record).toMatchObject({
      status: 'cancelled',
      problems: [
        { code: 'TROUPE_ORCHESTRATION_MACHINE', message: expect.stringContaining('parcel.dropped.v1') },
      ],
    });
  });
});

/** All picked but b, which is missing. */
function picked(): Stage {
  const stage = new Stage(parcelOptions);
  stage.start(request);
  stage.answer(ReserveStation, StationReserved, { station: 'north' });
  stage.answer(PickItem, ItemPicked, { item: 'c' }, 'c');
  stage.answer(PickItem, ItemMissing, { item: 'b' }, 'b');
  stage.answer(PickItem, ItemPicked, { item: 'a' }, 'a');
  return stage;
}

function undoAll(stage: Stage): void {
  stage.answer(PutBack, ItemReturned, { item: 'c' });
  stage.answer(PutBack, ItemReturned, { item: 'a' });
  stage.answer(ReleaseStation, StationReleased, { station: 'north' });
}

const giving: OrchestrationOptions = {
  ...parcelOptions,
  name: 'giving',
  waitsFor: [],
  starts: ParcelRequested,
  ends: { compensated: () => next(ParcelDropped, { parcel: 'compensated' }) },
  machine: setup({}).createMachine({
    initial: 'reserving',
    states: {
      reserving: {
        entry: dispatch(ReserveStation, () => ({ parcel: 'p' }), {
          answers: [StationReserved],
          undo: {
            command: ReleaseStation,
            answers: [StationReleased],
            data: ({ answer }) => ({ station: answer.station }),
          },
        }),
        on: { 'station.reserved': { target: 'end', actions: compensate() } },
      },
      end: { type: 'final' },
    },
  }),
};
