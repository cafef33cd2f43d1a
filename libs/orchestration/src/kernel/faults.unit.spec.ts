import { describe, expect, it } from 'vitest';
import { assign, createActor, enqueueActions, fromPromise, setup } from 'xstate';
import { dispatch, emit, fanOut } from '../definition/actions.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import {
  ItemPicked,
  ParcelPaid,
  ParcelReady,
  ParcelRequested,
  PickItem,
  ReserveStation,
  StationReserved,
} from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

const request = { parcel: 'p-1', items: [] };

/** Set by the tests: what the machine does with the payment. */
let mischief: (context: { seen: string[] }) => unknown = () => 'paid';

describe('a machine that fails', () => {
  it('stays where it is: the instance is suspended, and nothing of the step is sent', () => {
    const stage = begun();
    mischief = () => {
      throw new Error('no such price');
    };
    const { outcome, outputs } = stage.event(ParcelPaid, { parcel: 'p-1' }, 'elsewhere', 'payment');
    expect({ outcome, outputs }).toEqual({ outcome: 'deferred', outputs: [] });
    expect(stage.record).toMatchObject({
      status: 'suspended',
      halted: { kind: 'input', id: 'payment' },
      snapshot: { value: 'waiting', context: { seen: [] } },
      deferred: [{ inputId: 'payment', contract: 'parcel.paid.v1', data: { parcel: 'p-1' } }],
      problems: [{ code: 'TROUPE_ORCHESTRATION_MACHINE', message: expect.stringContaining('no such price') }],
    });
  });

  it('is given nothing until a person retries: then everything in the order in which it came', () => {
    const stage = begun();
    mischief = () => {
      throw new Error('no such price');
    };
    stage.event(ParcelPaid, { parcel: 'p-1' });
    expect(stage.answer(ReserveStation, StationReserved, { station: 'north' }).outcome).toBe('deferred');
    expect(stage.record?.commands).toMatchObject([{ status: 'open' }]);
    stage.request({ request: 'retry' });
    expect(stage.record).toMatchObject({ status: 'suspended', deferred: [{}, {}] });
    mischief = () => 'paid';
    stage.request({ request: 'retry' });
    expect(stage.record).toMatchObject({
      status: 'running',
      deferred: [],
      snapshot: { context: { seen: ['paid', 'north'] } },
      commands: [{ status: 'answered' }],
    });
  });

  it('goes on without what it failed on when a person skips that', () => {
    const stage = begun();
    mischief = () => {
      throw new Error('no such price');
    };
    stage.event(ParcelPaid, { parcel: 'p-1' });
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    stage.request({ request: 'skip' });
    expect(stage.record).toMatchObject({
      status: 'running',
      deferred: [],
      snapshot: { context: { seen: ['north'] } },
    });
  });

  it('is undone on request with the answers that came meanwhile', () => {
    const stage = begun();
    mischief = () => {
      throw new Error('no such price');
    };
    stage.event(ParcelPaid, { parcel: 'p-1' });
    stage.answer(ReserveStation, StationReserved, { station: 'north' });
    stage.request({ request: 'cancel' });
    expect(stage.record).toMatchObject({
      status: 'cancelled',
      commands: [{ answer: { data: { station: 'north' } } }],
    });
  });

  it('keeps its timers until then, and wakes for none', () => {
    const stage = begun();
    mischief = () => {
      throw new Error('no such price');
    };
    stage.event(ParcelPaid, { parcel: 'p-1' });
    stage.pass(7_200_000);
    expect(stage.record).toMatchObject({ status: 'suspended', timers: [{}] });
    mischief = () => 'paid';
    const { wakeAt } = stage.request({ request: 'retry' });
    expect(wakeAt).toEqual(new Date('2026-01-01T01:00:00.000Z'));
    stage.wake();
    expect(stage.record?.status).toBe('completed');
  });

  it.each([
    ['a function', () => ({ call: () => 1 }), 'context.seen[0].call is a function'],
    ['a date', () => new Date(0), 'context.seen[0] is an instance of Date'],
    ['an infinite number', () => 1 / 0, 'context.seen[0] is Infinity'],
    ['a big whole number', () => 1n, 'context.seen[0] is a bigint'],
    ['a circle', () => circle(), 'nested deeper than 100 levels, or in itself'],
  ])('is suspended for a context with %s', (_, made, message) => {
    const stage = begun();
    mischief = made;
    stage.event(ParcelPaid, { parcel: 'p-1' });
    expect(stage.record).toMatchObject({
      status: 'suspended',
      problems: [{ code: 'TROUPE_ORCHESTRATION_CONTEXT', message: expect.stringContaining(message) }],
    });
  });

  it('is suspended when it changes its context in place', () => {
    const stage = begun();
    mischief = (context) => context.seen.push('paid');
    stage.event(ParcelPaid, { parcel: 'p-1' });
    expect(stage.record).toMatchObject({ status: 'suspended', snapshot: { context: { seen: [] } } });
  });

  it('is suspended when it sends what breaks its contract', () => {
    const stage = begun(machineDoing(emit(ParcelReady, () => ({ parcel: 7 as unknown as string }))));
    stage.event(ParcelPaid, { parcel: 'p-1' });
    expect(stage.record).toMatchObject({
      status: 'suspended',
      problems: [
        { message: expect.stringContaining('parcel.ready.v1: its data breaks the contract at "/parcel"') },
      ],
    });
  });

  it('is suspended when it spawns an actor, or makes a command while it runs', () => {
    const spawning = begun(
      machineDoing(assign({ seen: ({ spawn }) => [spawn(fromPromise(async () => 1)).id] })),
    );
    spawning.event(ParcelPaid, { parcel: 'p-1' });
    const making = begun(
      machineDoing(
        enqueueActions(({ enqueue }) => {
          enqueue(dispatch(ReserveStation, () => ({ parcel: 'p' }), { answers: [StationReserved] }));
        }),
      ),
    );
    making.event(ParcelPaid, { parcel: 'p-1' });
    for (const { record } of [spawning, making])
      expect(record).toMatchObject({
        status: 'suspended',
        problems: [{ code: 'TROUPE_ORCHESTRATION_ACTION' }],
      });
  });

  it('may name an action while it runs', () => {
    const stage = begun(machineDoing(enqueueActions(({ enqueue }) => enqueue('ready' as never))));
    stage.event(ParcelPaid, { parcel: 'p-1' });
    expect(stage.sentOf(ParcelReady)).toEqual([{ parcel: 'p' }]);
  });

  it('is suspended for 201 open commands: a fan-out carries more', () => {
    const many = Array.from({ length: 201 }, (_, n) =>
      dispatch(PickItem, () => ({ item: 'a' }), { answers: [ItemPicked], name: `pick ${n}` }),
    );
    const stage = begun(machineDoing(many));
    stage.event(ParcelPaid, { parcel: 'p-1' });
    expect(stage.record).toMatchObject({
      status: 'suspended',
      problems: [
        { code: 'TROUPE_ORCHESTRATION_LIMIT', message: expect.stringContaining('201 open commands') },
      ],
    });
  });

  it('fails at a join: that is offered again', () => {
    const stage = begun(machineDoing());
    mischief = () => {
      throw new Error('no');
    };
    stage.event(ParcelPaid, { parcel: 'fan out' });
    stage.answer(PickItem, ItemPicked, { item: 'a' });
    expect(stage.record).toMatchObject({
      status: 'suspended',
      halted: { kind: 'fan-out', id: stage.record?.fanOuts[0]?.id },
    });
    mischief = () => 'joined';
    stage.request({ request: 'retry' });
    expect(stage.record).toMatchObject({ status: 'running', snapshot: { context: { seen: ['joined'] } } });
  });
});

describe('an action of an orchestration', () => {
  it('does nothing where an actor runs it', () => {
    const actor = createActor(machineDoing(), { input: undefined });
    expect(() => actor.start()).not.toThrow();
    actor.stop();
  });
});

function circle(): object {
  const self: Record<string, unknown> = {};
  self.self = self;
  return self;
}

function begun(machine: OrchestrationOptions['machine'] = machineDoing()): Stage {
  mischief = () => 'paid';
  const stage = new Stage({
    name: 'mischief',
    version: 1,
    machine,
    starts: ParcelRequested,
    commands: [ReserveStation, PickItem],
    emits: [ParcelReady],
    waitsFor: [ParcelPaid],
    from: 'now',
  });
  stage.start(request);
  return stage;
}

/** Does `mischief` when it is paid, and the given actions besides. */
function machineDoing(actions: unknown = []): OrchestrationOptions['machine'] {
  const seen = assign({
    seen: ({ context }) => {
      const made = mischief(context as { seen: string[] });
      return [...(context as { seen: string[] }).seen, made as string];
    },
  });
  return setup({
    types: { context: {} as { seen: string[] } },
    actions: { ready: emit(ParcelReady, () => ({ parcel: 'p' })) },
  }).createMachine({
    context: { seen: [] },
    initial: 'waiting',
    entry: dispatch(ReserveStation, () => ({ parcel: 'p' }), { answers: [StationReserved] }),
    on: {
      'station.reserved': {
        actions: assign({ seen: ({ context, event }) => [...context.seen, event.data.station] }),
      },
      'item.picked': {},
    },
    states: {
      waiting: {
        after: { 3600000: 'end' },
        on: {
          'parcel.paid': [
            {
              guard: ({ event }) => event.data.parcel === 'fan out',
              actions: fanOut('picks', () => [{ key: 'a', data: { item: 'a' } }], {
                command: PickItem,
                answers: [ItemPicked],
                join: 'all',
              }),
            },
            { actions: [seen as never, ...([actions].flat() as never[])] },
          ],
          'picks.joined': { actions: seen as never },
        },
      },
      end: { type: 'final' },
    },
  });
}
