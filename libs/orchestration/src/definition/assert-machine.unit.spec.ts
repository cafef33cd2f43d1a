import { describe, expect, it } from 'vitest';
import { assign, emit as emitted, fromPromise, log, sendTo, setup, spawnChild } from 'xstate';
import { parcelMachine, parcelOptions } from '../parcel.spec.support.ts';
import {
  ItemPicked,
  ParcelPaid,
  ParcelReady,
  ParcelRequested,
  PickItem,
  ReserveStation,
  StationReserved,
} from '../shop.spec.support.ts';
import { dispatch, emit, fanOut } from './actions.ts';
import { definitionOf } from './definition.ts';
import { Orchestration, type OrchestrationOptions, orchestrationOf } from './orchestration.ts';

describe('@Orchestration', () => {
  it('leaves what it was given at the class, and its definition is read once', () => {
    @Orchestration({
      name: 'parcel',
      version: 1,
      machine: parcelMachine,
      starts: ParcelRequested,
      commands: parcelOptions.commands,
      emits: parcelOptions.emits,
      waitsFor: [ParcelPaid],
      from: 'beginning',
      id: ({ parcel }) => parcel,
      progress: ({ picked, items }) => ({ done: picked.length, total: items.length }),
    })
    class Parcel {}
    const options = orchestrationOf(Parcel) as OrchestrationOptions;
    const definition = definitionOf(options);
    expect(definitionOf(options)).toBe(definition);
    expect(definition.consumes.map(({ name }) => name).sort()).toEqual(
      [
        'ItemMissing',
        'ItemPicked',
        'ItemReturned',
        'ParcelPaid',
        'ParcelRequested',
        'StationReleased',
        'StationReserved',
      ].sort(),
    );
    expect(orchestrationOf(class {})).toBeUndefined();
  });

  it('is held to its types by the compiler', () => {
    // @ts-expect-error the start is not the machine's input
    Orchestration({ ...parcelOptions, machine: parcelMachine, starts: ReserveStation });
    // @ts-expect-error the command has no such field
    dispatch(ReserveStation, () => ({ parcels: 'p' }), { answers: [StationReserved] });
  });
});

describe('an orchestration is refused at start', () => {
  it.each([
    ['with a name that keys cannot carry', { name: 'Parcel!' }, 'has a name that is not of the form'],
    ['with a version that is no whole number', { version: 0 }, 'has version 0'],
    ['when it keeps instances for no time', { keepDays: 0 }, 'has keepDays 0'],
    [
      'with an earlier version that is none',
      { versions: { 2: parcelMachine } },
      'names version 2 as an earlier one',
    ],
    ['without from', { from: undefined as never }, 'does not say where a new consumer begins'],
    [
      'with an event among its commands',
      { commands: [...parcelOptions.commands, ItemPicked] },
      'lists item.picked.v1, an event',
    ],
    ['with a class that is no contract', { emits: [class {} as never] }, 'which is no contract'],
    [
      'when it does not list a command',
      { commands: [PickItem] },
      'dispatches ReserveStation, which its "commands"',
    ],
    ['when it does not list an event', { emits: [] }, 'emits ParcelReady, which its "emits"'],
    [
      'when it waits for what no state takes',
      { waitsFor: [ParcelPaid, ParcelReady] },
      'takes "parcel.ready" (waited for) in no state',
    ],
  ] as [string, Partial<OrchestrationOptions>, string][])('%s', (_, options, message) => {
    expect(() => definitionOf({ ...parcelOptions, ...options })).toThrow(
      expect.objectContaining({
        code: 'TROUPE_ORCHESTRATION_DEFINITION',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('when both a version is kept and migrated', () => {
    expect(() =>
      definitionOf({
        ...parcelOptions,
        version: 2,
        versions: { 1: parcelMachine },
        migrate: { 1: (state) => state },
      }),
    ).toThrow('keeps version 1 and migrates it too');
  });

  const reserve = dispatch(ReserveStation, () => ({ parcel: 'p' }), { answers: [StationReserved] });
  it.each([
    ['a function as an action', { entry: () => {} }, 'has a function as entry of #m'],
    [
      'an inline function in a transition',
      { on: { go: { actions: () => {} } } },
      'has a function as "go" of #m',
    ],
    ['an action that it does not have', { entry: 'missing' }, 'names an action "missing"'],
    ['an actor', { invoke: { src: fromPromise(async () => 1) } }, 'invokes an actor in #m'],
    [
      'a spawned actor',
      { entry: spawnChild(fromPromise(async () => 1)) },
      'uses xstate.spawnChild as entry of #m',
    ],
    ['a message to an actor', { exit: sendTo('other', { type: 'x' }) }, 'uses xstate.sendTo'],
    ['an emitted event of XState', { entry: emitted({ type: 'x' }) }, 'uses xstate.emit'],
    ['a log', { entry: log('x') }, 'uses xstate.log'],
    [
      'an answer that no state takes',
      { entry: reserve },
      'takes "station.reserved" (an answer to station.reserve) in no state',
    ],
    [
      'a command without an answer',
      { entry: dispatch(ReserveStation, () => ({ parcel: 'p' }), { answers: [] }) },
      'without an answer',
    ],
    [
      'a deadline that is none',
      {
        entry: dispatch(ReserveStation, () => ({ parcel: 'p' }), {
          answers: [StationReserved],
          within: 'soon',
        }),
      },
      'has within "soon"',
    ],
    [
      'resubmissions beyond a hundred',
      {
        entry: dispatch(ReserveStation, () => ({ parcel: 'p' }), {
          answers: [StationReserved],
          resubmit: 101,
        }),
      },
      'has resubmit 101',
    ],
    [
      'two commands of one name',
      {
        entry: [reserve, dispatch(ReserveStation, () => ({ parcel: 'q' }), { answers: [StationReserved] })],
        on: { 'station.reserved': {} },
      },
      'dispatches "station.reserve" in two ways',
    ],
    [
      'a quorum of none',
      {
        entry: fanOut('picks', () => [], { command: PickItem, answers: [ItemPicked], join: { quorum: 0 } }),
      },
      'joins "picks" by {"quorum":0}',
    ],
    ['a context with a function', { context: { call: () => 1 } }, 'context.call is a function'],
    [
      'a context with an actor',
      {
        context: ({ spawn }: never) => ({
          a: (spawn as (l: unknown) => unknown)(fromPromise(async () => 1)),
        }),
      },
      'cannot begin with the example of parcel.requested.v1',
    ],
    [
      'a start that throws',
      {
        entry: assign(() => {
          throw new Error('no price');
        }),
      },
      'no price',
    ],
  ] as [string, object, string][])('with %s', (_, config, message) => {
    const machine = setup({}).createMachine({
      id: 'm',
      ...config,
    } as never) as unknown as OrchestrationOptions['machine'];
    const options: OrchestrationOptions = {
      name: 'odd',
      version: 1,
      machine,
      starts: ParcelRequested,
      commands: [ReserveStation, PickItem],
      emits: [],
      from: 'now',
    };
    expect(() => definitionOf(options)).toThrow(
      expect.objectContaining({
        code: 'TROUPE_ORCHESTRATION_DEFINITION',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('but not with assign, raise, cancel, named actions and ignored answers', () => {
    const machine = setup({ actions: { ready: emit(ParcelReady, () => ({ parcel: 'p' })) } }).createMachine({
      entry: ['ready', reserve],
      on: { 'station.*': {} },
    });
    const options = { ...parcelOptions, name: 'plain', machine, waitsFor: [], ends: {} };
    expect(() => definitionOf(options)).not.toThrow();
  });
});
