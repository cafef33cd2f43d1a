import { describe, expect, it } from 'vitest';
import { assign, setup } from 'xstate';
import { dispatch } from '../definition/actions.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import {
  ItemPicked,
  ParcelPaid,
  ParcelRequested,
  PickItem,
  ReserveStation,
  StationReserved,
} from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

describe('an instance of an earlier version', () => {
  it('goes on with the machine that it began on', () => {
    const stage = onNewBuild({ versions: { 1: first } });
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    expect(stage.record).toMatchObject({
      version: 1,
      status: 'completed',
      snapshot: { context: { by: 'first' } },
    });
  });

  it('is migrated when this build says how', () => {
    const stage = onNewBuild({ migrate: { 1: (state) => ({ ...state, value: 'booking' }) } });
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    expect(stage.record).toMatchObject({
      version: 2,
      status: 'completed',
      snapshot: { context: { by: 'second' } },
    });
  });

  it.each([
    ['has neither its machine nor a migration', {}, /this build has version 2 and no way to it/],
    [
      'migrates it to a state that there is not',
      { migrate: { 1: (state) => ({ ...state, value: 'nowhere' }) } },
      /its migration failed/,
    ],
    [
      'has a migration that throws',
      {
        migrate: {
          1: () => {
            throw new Error('no idea');
          },
        },
      },
      /its migration failed: no idea/,
    ],
  ] as [string, Partial<OrchestrationOptions>, RegExp][])(
    'is refused by a build that %s',
    (_, options, message) => {
      const stage = onNewBuild(options);
      const before = stage.record;
      expect(() => stage.event(ParcelPaid, { parcel: 'p-1' })).toThrow(
        expect.objectContaining({
          code: 'TROUPE_ORCHESTRATION_VERSION',
          version: 1,
          message: expect.stringMatching(message),
        }),
      );
      expect(stage.record).toBe(before);
    },
  );

  it('is refused when the machine of its version is another one now', () => {
    for (const machine of [named('elsewhere', 'first'), { ...options, machine: picking }.machine]) {
      const stage = new Stage({
        ...options,
        name: 'changing',
        commands: [ReserveStation, PickItem],
        machine,
      });
      stage.record = begunOnFirst().record;
      expect(() => stage.event(ParcelPaid, { parcel: 'p-1' })).toThrow(
        expect.objectContaining({ code: 'TROUPE_ORCHESTRATION_VERSION' }),
      );
    }
  });

  it('may be refused no more once it has ended', () => {
    const stage = begunOnFirst();
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    const later = new Stage({ ...options, version: 2, machine: second });
    later.record = stage.record;
    expect(later.event(ParcelPaid, { parcel: 'p-1' }).outcome).toBe('late');
  });
});

const options: OrchestrationOptions = {
  name: 'versioned',
  version: 1,
  machine: named('reserving', 'first'),
  starts: ParcelRequested,
  commands: [ReserveStation],
  emits: [],
  waitsFor: [ParcelPaid],
  from: 'now',
};
const first = options.machine;
const second = named('booking', 'second');

function begunOnFirst(): Stage {
  const stage = new Stage(options);
  stage.start({ parcel: 'p-1', items: [] });
  return stage;
}

function onNewBuild(more: Partial<OrchestrationOptions>): Stage {
  const old = begunOnFirst();
  const stage = new Stage({ ...options, version: 2, machine: second, ...more });
  stage.record = old.record;
  stage.sent.push(...old.sent);
  return stage;
}

function named(state: string, by: string): OrchestrationOptions['machine'] {
  return setup({ types: { context: {} as { by: string } } }).createMachine({
    context: { by: '' },
    initial: state,
    states: {
      [state]: {
        entry: dispatch(ReserveStation, () => ({ parcel: 'p' }), { answers: [StationReserved] }),
        on: { 'station.reserved': { target: 'end', actions: assign({ by }) }, 'parcel.paid': {} },
      },
      end: { type: 'final' },
    },
  });
}

const picking = setup({}).createMachine({
  initial: 'reserving',
  states: {
    reserving: {
      entry: dispatch(PickItem, () => ({ item: 'a' }), { answers: [ItemPicked] }),
      on: { 'item.picked': {}, 'parcel.paid': {} },
    },
  },
});
