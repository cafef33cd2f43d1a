import { next } from '@troupe/jetstream';
import { assign, setup } from 'xstate';
import { dispatch, emit, fanOut } from './definition/actions.ts';
import type { Answer, CommandFailed, Fact, Joined } from './definition/messages.ts';
import type { OrchestrationOptions } from './definition/orchestration.ts';
import {
  ItemMissing,
  ItemPicked,
  ItemReturned,
  ParcelDropped,
  ParcelPaid,
  ParcelReady,
  ParcelRequested,
  PickItem,
  PutBack,
  ReleaseStation,
  ReserveStation,
  StationReleased,
  StationReserved,
} from './shop.spec.support.ts';

interface Context {
  readonly parcel: string;
  readonly items: readonly string[];
  readonly station?: string;
  readonly picked: readonly string[];
}

/** Reserves a station, picks all items at once, waits for the payment, and says that the parcel is ready. */
export const parcelMachine = setup({
  types: {
    context: {} as Context,
    input: {} as ParcelRequested,
    events: {} as
      | Answer<'station.reserved', StationReserved>
      | Joined<'picks', ItemPicked | ItemMissing>
      | Fact<'parcel.paid', ParcelPaid>
      | CommandFailed,
  },
}).createMachine({
  id: 'parcel',
  context: ({ input }) => ({ parcel: input.parcel, items: input.items, picked: [] }),
  initial: 'reserving',
  states: {
    reserving: {
      entry: dispatch(ReserveStation, ({ context }) => ({ parcel: context.parcel }), {
        answers: [StationReserved],
        within: '30s',
        resubmit: 2,
        undo: {
          command: ReleaseStation,
          data: ({ answer }) => ({ station: answer.station }),
          answers: [StationReleased],
          within: '30s',
        },
      }),
      on: {
        'station.reserved': {
          target: 'picking',
          actions: assign({ station: ({ event }) => event.data.station }),
        },
      },
    },
    picking: {
      entry: fanOut('picks', ({ context }) => context.items.map((item) => ({ key: item, data: { item } })), {
        command: PickItem,
        answers: [ItemPicked, ItemMissing],
        join: 'all',
        within: '1m',
        resubmit: 1,
        undo: {
          command: PutBack,
          answers: [ItemReturned],
          data: ({ answer, contract }) => (contract === 'item.picked.v1' ? { item: answer.item } : undefined),
        },
      }),
      on: {
        'picks.joined': {
          target: 'waiting',
          actions: assign({
            picked: ({ event }) =>
              event.outcomes.flatMap((one) =>
                one.status === 'answered' && one.contract === 'item.picked.v1' && one.data
                  ? [one.data.item]
                  : [],
              ),
          }),
        },
      },
    },
    waiting: {
      after: { 86400000: 'unpaid' },
      on: { 'parcel.paid': 'ready' },
    },
    ready: {
      entry: emit(ParcelReady, ({ context }) => ({ parcel: context.parcel })),
      type: 'final',
    },
    unpaid: { type: 'final', tags: 'failed' },
  },
});

export const parcelOptions: OrchestrationOptions = {
  name: 'parcel',
  version: 1,
  machine: parcelMachine,
  starts: ParcelRequested,
  commands: [ReserveStation, ReleaseStation, PickItem, PutBack],
  emits: [ParcelReady, ParcelDropped],
  waitsFor: [ParcelPaid],
  from: 'beginning',
  ends: {
    cancelled: ({ context }) => next(ParcelDropped, { parcel: (context as Context).parcel }),
  },
};
