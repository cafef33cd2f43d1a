import { describe, expect, it } from 'vitest';
import { assign, setup } from 'xstate';
import { dispatch } from '../definition/actions.ts';
import { parcelOptions } from '../parcel.spec.support.ts';
import {
  ItemPicked,
  ParcelPaid,
  ParcelRequested,
  PickItem,
  ReserveStation,
  StationReserved,
} from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

const request = { parcel: 'p-1', items: ['red', 'blue'] };

describe('an answer', () => {
  it('is taken once, whatever comes again', () => {
    const stage = begun();
    const command = stage.sent[0]?.id as string;
    const first = stage.event(StationReserved, { station: 'north' }, command, 'answer');
    expect(first).toMatchObject({ outcome: 'taken', changed: true });
    expect(stage.event(StationReserved, { station: 'north' }, command, 'answer')).toMatchObject({
      outcome: 'duplicate',
      changed: false,
    });
    expect(stage.event(StationReserved, { station: 'south' }, command)).toMatchObject({
      outcome: 'late',
      changed: false,
    });
    expect(stage.record?.snapshot?.context.station).toBe('north');
    expect(stage.sentOf(PickItem)).toHaveLength(2);
  });

  it('is known by what caused it, and ignored when no command did', () => {
    const stage = begun();
    expect(stage.event(StationReserved, { station: 'south' }, 'another command')).toMatchObject({
      outcome: 'ignored',
      changed: false,
    });
    expect(stage.record?.snapshot?.value).toBe('reserving');
  });

  it('is none when its contract is none of the answers', () => {
    const stage = begun();
    const command = stage.sent[0]?.id as string;
    expect(stage.event(ItemPicked, { item: 'red' }, command).outcome).toBe('ignored');
    expect(stage.record?.commands[0]?.status).toBe('open');
  });

  it('stands in the record with its data, unless that is large; the machine gets it whole', () => {
    const stage = begun();
    stage.answer(ReserveStation, StationReserved, { station: 'n'.repeat(20_000) });
    expect(stage.record?.commands[0]?.answer).toEqual({ contract: 'station.reserved.v1' });
    expect(stage.record?.snapshot?.context.station).toHaveLength(20_000);
  });
});

describe('an event that the machine waits for', () => {
  it('is kept while the machine cannot take it, and taken as soon as it can', () => {
    const stage = begun();
    expect(stage.event(ParcelPaid, { parcel: 'p-1' })).toMatchObject({ outcome: 'deferred', changed: true });
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    stage.answer(PickItem, ItemPicked, { item: 'red' }, 'red');
    expect(stage.record).toMatchObject({ status: 'running', deferred: [{ contract: 'parcel.paid.v1' }] });
    stage.answer(PickItem, ItemPicked, { item: 'blue' }, 'blue');
    expect(stage.record).toMatchObject({ status: 'completed', deferred: [] });
  });

  it('is refused when a hundred wait already', () => {
    const stage = begun();
    for (let n = 0; n < 100; n++) stage.event(ParcelPaid, { parcel: `p-${n}` });
    const before = stage.record;
    expect(() => stage.event(ParcelPaid, { parcel: 'p-1' })).toThrow(
      expect.objectContaining({ code: 'TROUPE_ORCHESTRATION_DEFERRED' }),
    );
    expect(stage.record).toBe(before);
  });

  it('is late when the instance has ended, and unknown when there is none', () => {
    const stage = new Stage(parcelOptions);
    expect(stage.event(ParcelPaid, { parcel: 'p-1' })).toMatchObject({
      outcome: 'unknown',
      record: undefined,
    });
    stage.start({ parcel: 'p-1', items: [] });
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    stage.event(ParcelPaid, { parcel: 'p-1' });
    expect(stage.record?.status).toBe('completed');
    expect(stage.event(ParcelPaid, { parcel: 'p-1' })).toMatchObject({ outcome: 'late', changed: false });
  });
});

describe('a second start', () => {
  it('changes nothing', () => {
    const stage = begun();
    expect(stage.start({ parcel: 'p-2', items: [] })).toMatchObject({ outcome: 'late', changed: false });
    expect(stage.record?.snapshot?.context.parcel).toBe('p-1');
  });

  it('begins what was accepted over HTTP, and keeps since when it was', () => {
    const stage = begun();
    const accepted = {
      ...stage.record,
      status: 'accepted',
      snapshot: null,
      commands: [],
      handled: [],
    } as const;
    stage.record = { ...accepted, revision: 3, startedAt: '2025-12-31T00:00:00.000Z' } as typeof stage.record;
    stage.start(request);
    expect(stage.record).toMatchObject({
      status: 'running',
      revision: 4,
      startedAt: '2025-12-31T00:00:00.000Z',
    });
  });
});

describe('a deadline', () => {
  it('has the command sent again with its own id, and at last given up', () => {
    const stage = begun();
    const command = stage.sent[0]?.id as string;
    stage.pass(29_999);
    expect(stage.resubmitted).toEqual([]);
    stage.pass(1);
    expect(stage.resubmitted).toEqual([command]);
    expect(stage.record?.commands[0]).toMatchObject({
      resubmitted: 1,
      sends: 2,
      dueAt: '2026-01-01T00:01:00.000Z',
    });
    stage.pass(60_000);
    expect(stage.resubmitted).toEqual([command, command]);
    expect(stage.record).toMatchObject({
      status: 'suspended',
      commands: [{ status: 'failed', problem: { code: 'unanswered', command: 'station.reserve' } }],
      problems: [{ code: 'unanswered', command: 'station.reserve' }],
    });
    expect(stage.record?.wakeAt).toBeUndefined();
  });

  it('is over with the answer', () => {
    const stage = begun();
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    expect(stage.record?.commands[0]).not.toHaveProperty('dueAt');
    stage.pass(30_000);
    expect(stage.resubmitted).toEqual([]);
  });

  it('is looked at again when the wake-up comes early by the clock of this machine', () => {
    const stage = begun();
    stage.now = new Date('2026-01-01T00:00:29.000Z');
    expect(stage.wake()).toMatchObject({ changed: true, wakeAt: new Date('2026-01-01T00:00:30.000Z') });
    stage.pass(1_000);
    expect(stage.resubmitted).toHaveLength(1);
  });

  it('makes nothing of a wake-up that another one replaced', () => {
    const stage = begun();
    expect(stage.give({ kind: 'wake', inputId: 'old', at: '2025-12-31T00:00:00.000Z' })).toMatchObject({
      outcome: 'late',
      changed: false,
    });
  });
});

describe('a failed command', () => {
  it('suspends the instance when the machine declares nothing for it', () => {
    const stage = begun();
    stage.deadLetter(ReserveStation, 'contract-invalid');
    expect(stage.record).toMatchObject({
      status: 'suspended',
      commands: [{ status: 'failed', unhandled: true }],
      problems: [{ code: 'contract-invalid', command: 'station.reserve' }],
    });
  });

  it('is told to a machine that takes it', () => {
    const stage = new Stage({ ...parcelOptions, name: 'handling', waitsFor: [], machine: handling });
    stage.start(request);
    stage.deadLetter(ReserveStation, 'terminal-error');
    expect(stage.record).toMatchObject({
      status: 'completed',
      snapshot: { context: { failed: 'station.reserve', reason: 'terminal-error' } },
      commands: [{ status: 'failed' }],
    });
  });

  it('is sent again when a person retries it, with all its resubmissions', () => {
    const stage = begun();
    stage.deadLetter(ReserveStation, 'terminal-error');
    expect(stage.request({ request: 'retry', command: 'other' })).toMatchObject({
      outcome: 'refused',
      refusal: 'No command "other" has failed.',
    });
    stage.request({ request: 'retry' });
    expect(stage.resubmitted).toEqual([stage.sent[0]?.id]);
    expect(stage.record).toMatchObject({
      status: 'running',
      commands: [{ status: 'open', resubmitted: 0, sends: 2 }],
    });
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    expect(stage.record?.snapshot?.value).toBe('picking');
  });

  it('is skipped with the answer that a person gives, checked against its contract', () => {
    const stage = begun();
    stage.deadLetter(ReserveStation, 'terminal-error');
    const skip = (contract: string, data: object) =>
      stage.request({ request: 'skip', answer: { contract, data } }).refusal;
    expect(skip('item.picked.v1', { item: 'red' })).toBe('item.picked.v1 is no answer to "station.reserve".');
    expect(skip('station.reserved.v1', {})).toMatch(/^The answer breaks station.reserved.v1 at "\/station"/);
    expect(stage.request({ request: 'skip' }).refusal).toMatch(/with an answer/);
    expect(skip('station.reserved.v1', { station: 'south' })).toBeUndefined();
    expect(stage.record).toMatchObject({
      status: 'running',
      snapshot: { value: 'picking', context: { station: 'south' } },
      commands: [{ status: 'skipped' }],
    });
  });

  it('resumes the instance by a late answer', () => {
    const stage = begun();
    stage.deadLetter(ReserveStation, 'terminal-error');
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    expect(stage.record).toMatchObject({ status: 'running', snapshot: { value: 'picking' } });
  });

  it('is retried, skipped and compensated only when it failed', () => {
    const stage = begun();
    for (const request of ['retry', 'skip', 'compensate'] as const)
      expect(stage.request({ request })).toMatchObject({
        outcome: 'refused',
        refusal: 'It is running, not suspended.',
      });
  });
});

describe('a command that is dispatched again', () => {
  it('is another one, and the answer to the first is late', () => {
    const stage = new Stage({ ...parcelOptions, name: 'again', machine: again });
    stage.start(request);
    stage.event(ParcelPaid, { parcel: 'p-1' });
    const [first, second] = stage.sent.map(({ id }) => id);
    expect(first).not.toBe(second);
    expect(stage.event(StationReserved, { station: 'north' }, first).outcome).toBe('late');
    expect(stage.record?.commands).toMatchObject([{ status: 'dropped' }, { status: 'open' }]);
    stage.event(StationReserved, { station: 'south' }, second);
    expect(stage.record).toMatchObject({ status: 'completed', snapshot: { context: { station: 'south' } } });
  });
});

function begun(): Stage {
  const stage = new Stage(parcelOptions);
  stage.start(request);
  return stage;
}

const reserve = { answers: [StationReserved] };

const handling = setup({
  types: { context: {} as { failed: string; reason: string }, input: {} as ParcelRequested },
}).createMachine({
  context: { failed: '', reason: '' },
  initial: 'reserving',
  states: {
    reserving: {
      entry: dispatch(ReserveStation, () => ({ parcel: 'p' }), reserve),
      on: {
        'station.reserved': 'end',
        'command.failed': {
          target: 'end',
          actions: assign({
            failed: ({ event }) => event.command.name,
            reason: ({ event }) => event.reason,
          }),
        },
      },
    },
    end: { type: 'final' },
  },
});

const again = setup({ types: { context: {} as { station: string } } }).createMachine({
  context: { station: '' },
  initial: 'reserving',
  states: {
    reserving: {
      entry: dispatch(ReserveStation, () => ({ parcel: 'p' }), reserve),
      on: {
        'parcel.paid': { target: 'reserving', reenter: true },
        'station.reserved': {
          target: 'end',
          actions: assign({ station: ({ event }) => event.data.station }),
        },
      },
    },
    end: { type: 'final' },
  },
});
