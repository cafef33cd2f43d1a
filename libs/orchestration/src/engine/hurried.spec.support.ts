import { assign, setup } from 'xstate';
import { dispatch, emit, fanOut } from '../definition/actions.ts';
import type { Answer, CommandFailed, Joined } from '../definition/messages.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import {
  ItemPicked,
  ParcelReady,
  ParcelRequested,
  PickItem,
  ReserveStation,
  StationReserved,
} from '../shop.spec.support.ts';

interface Context {
  readonly parcel: string;
  readonly items: readonly string[];
  readonly failed: readonly string[];
}

/** An orchestration in a hurry: seconds for a command, for each item, and between the two. */
const hurriedMachine = setup({
  types: {
    context: {} as Context,
    input: {} as ParcelRequested,
    events: {} as Answer<'station.reserved', StationReserved> | Joined<'picks', ItemPicked> | CommandFailed,
  },
}).createMachine({
  id: 'hurried',
  context: ({ input }) => ({ parcel: input.parcel, items: input.items, failed: [] }),
  initial: 'reserving',
  states: {
    reserving: {
      entry: dispatch(ReserveStation, ({ context }) => ({ parcel: context.parcel }), {
        answers: [StationReserved],
        within: '1s',
        resubmit: 1,
      }),
      on: { 'station.reserved': 'resting' },
    },
    resting: { after: { 1000: 'picking' } },
    picking: {
      entry: fanOut('picks', ({ context }) => context.items.map((item) => ({ key: item, data: { item } })), {
        command: PickItem,
        answers: [ItemPicked],
        join: 'all',
        within: '1s',
        resubmit: 1,
      }),
      on: {
        'picks.joined': {
          target: 'ready',
          actions: assign({
            failed: ({ event }) =>
              event.outcomes.flatMap((one) => (one.status === 'failed' ? [`${one.key}: ${one.reason}`] : [])),
          }),
        },
      },
    },
    ready: { entry: emit(ParcelReady, ({ context }) => ({ parcel: context.parcel })), type: 'final' },
  },
});

export const hurriedOptions: OrchestrationOptions = {
  name: 'parcel',
  version: 1,
  machine: hurriedMachine,
  starts: ParcelRequested,
  commands: [ReserveStation, PickItem],
  emits: [ParcelReady],
  waitsFor: [],
  ends: {},
  from: 'beginning',
};
