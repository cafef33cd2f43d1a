import { describe, expect, it } from 'vitest';
import { assign, cancel, raise, setup } from 'xstate';
import { dispatch, emit } from '../definition/actions.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import {
  ParcelPaid,
  ParcelReady,
  ParcelRequested,
  ReserveStation,
  StationReserved,
} from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

const request = { parcel: 'p-1', items: [] };

describe('a timer', () => {
  it('is in the record, and one wake-up is armed for what is due first', () => {
    const stage = new Stage(options(reminding));
    const { wakeAt } = stage.start(request);
    expect(wakeAt).toEqual(new Date('2026-01-01T00:01:00.000Z'));
    expect(stage.record?.timers).toEqual([
      expect.objectContaining({ id: 'late', at: '2026-01-01T01:00:00.000Z', event: { type: 'give.up' } }),
      {
        id: 'xstate.after.60000.m.waiting',
        at: '2026-01-01T00:01:00.000Z',
        armed: 1,
        event: { type: 'xstate.after.60000.m.waiting' },
      },
    ]);
  });

  it('fires once it is due, and the wake-up is armed anew for the next', () => {
    const stage = new Stage(options(reminding));
    stage.start(request);
    stage.pass(59_999);
    expect(stage.sentOf(ParcelReady)).toEqual([]);
    stage.pass(1);
    expect(stage.sentOf(ParcelReady)).toHaveLength(1);
    expect(stage.record).toMatchObject({
      snapshot: { value: 'waiting' },
      wakeAt: '2026-01-01T00:02:00.000Z',
    });
    stage.pass(3_600_000);
    expect(stage.record?.status).toBe('completed');
    expect(stage.sentOf(ParcelReady)).toHaveLength(59);
  });

  it('that belongs to an earlier visit of its state does not move the next visit', () => {
    const stage = new Stage(options(reminding));
    stage.start(request);
    stage.now = new Date('2026-01-01T00:00:30.000Z');
    stage.event(ParcelPaid, { parcel: 'again' });
    expect(stage.record?.timers.find(({ id }) => id.startsWith('xstate.after'))).toMatchObject({
      at: '2026-01-01T00:01:30.000Z',
      armed: 2,
    });
    stage.now = new Date('2026-01-01T00:01:00.000Z');
    expect(stage.wake()).toMatchObject({ outputs: [], wakeAt: new Date('2026-01-01T00:01:30.000Z') });
    stage.pass(30_000);
    expect(stage.sentOf(ParcelReady)).toHaveLength(1);
  });

  it('is taken back by the machine', () => {
    const stage = new Stage(options(reminding));
    stage.start(request);
    stage.event(ParcelPaid, { parcel: 'stay' });
    expect(stage.record?.timers.map(({ id }) => id)).toEqual(['xstate.after.60000.m.waiting']);
  });

  it('is over with the instance', () => {
    const stage = new Stage(options(reminding));
    stage.start(request);
    stage.event(ParcelPaid, { parcel: 'end' });
    expect(stage.record).toMatchObject({ status: 'completed', timers: [] });
    expect(stage.record?.wakeAt).toBeUndefined();
    expect(stage.give({ kind: 'wake', inputId: 'late', at: '2026-01-01T00:01:00.000Z' })).toMatchObject({
      outcome: 'late',
      changed: false,
    });
  });

  it('fires by a later one when its wake-up was lost', () => {
    const stage = new Stage(options(reminding));
    stage.start(request);
    stage.now = new Date('2026-01-01T00:10:00.000Z');
    const { wakeAt } = stage.event(ParcelPaid, { parcel: 'stay' });
    expect(wakeAt).toEqual(new Date('2026-01-01T00:01:00.000Z'));
  });

  it('with a delay that is none halts the machine', () => {
    const endless = setup({ delays: { ever: () => Number.NaN } }).createMachine({
      initial: 'a',
      states: { a: { on: { 'parcel.paid': 'b' } }, b: { after: { ever: 'a' } } },
    });
    const stage = new Stage(options(endless));
    stage.start(request);
    stage.event(ParcelPaid, { parcel: 'p-1' });
    expect(stage.record).toMatchObject({ status: 'suspended', snapshot: { value: 'a' }, timers: [] });
  });
});

describe('a deadline and a timer', () => {
  it('share a wake-up, and the deadline is looked at first', () => {
    const stage = new Stage({ ...options(both), commands: [ReserveStation], waitsFor: [] });
    stage.start(request);
    stage.pass(30_000);
    expect(stage.record?.snapshot?.context).toEqual({ seen: ['failed', 'timer'] });
  });
});

function options(machine: OrchestrationOptions['machine']): OrchestrationOptions {
  return {
    name: 'timing',
    version: 1,
    machine,
    starts: ParcelRequested,
    commands: [],
    emits: [ParcelReady],
    waitsFor: [ParcelPaid],
    from: 'now',
  };
}

const reminding = setup({}).createMachine({
  id: 'm',
  initial: 'waiting',
  entry: raise({ type: 'give.up' }, { id: 'late', delay: 3_600_000 }),
  on: { 'give.up': '.end' },
  states: {
    waiting: {
      after: {
        60000: {
          target: 'waiting',
          reenter: true,
          actions: emit(ParcelReady, () => ({ parcel: 'p' })),
        },
      },
      on: {
        'parcel.paid': [
          { guard: ({ event }) => event.data.parcel === 'again', target: 'waiting', reenter: true },
          { guard: ({ event }) => event.data.parcel === 'stay', actions: cancel('late') },
          { target: 'end' },
        ],
      },
    },
    end: { type: 'final' },
  },
});

const both = setup({ types: { context: {} as { seen: string[] } } }).createMachine({
  context: { seen: [] },
  initial: 'reserving',
  states: {
    reserving: {
      entry: dispatch(ReserveStation, () => ({ parcel: 'p' }), {
        answers: [StationReserved],
        within: '30s',
        resubmit: 0,
      }),
      after: { 30000: { actions: assign({ seen: ({ context }) => [...context.seen, 'timer'] }) } },
      on: {
        'station.reserved': {},
        'command.failed': { actions: assign({ seen: ({ context }) => [...context.seen, 'failed'] }) },
      },
    },
  },
});
