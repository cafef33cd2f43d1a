import { ParcelDelivered, ParcelReturned } from '@shop/contracts-carrier';
import { type FulfilmentRequested, OrderFulfilled, ParcelConsigned } from '@shop/contracts-fulfilment';
import type { Item } from '@shop/contracts-order';
import {
  LabelPrint,
  LabelPrinted,
  ParcelPack,
  ParcelPacked,
  ParcelUnpack,
  ParcelUnpacked,
  StationRelease,
  StationReleased,
  StationReserve,
  StationReserved,
  StationUnavailable,
} from '@shop/contracts-packing';
import { ItemMissing, ItemPick, ItemPicked, ItemRestock, ItemRestocked } from '@shop/contracts-picking';
import {
  type Answer,
  type Completed,
  compensate,
  dispatch,
  emit,
  fanOut,
  handOff,
  type Joined,
} from '@troupe/orchestration';
import { assign, setup } from 'xstate';

/** What a fulfilment has to remember. */
export interface FulfilmentContext extends Omit<FulfilmentRequested, 'lines'> {
  /** Until they are picked: the record is small from then on. */
  readonly lines: readonly Item[];
  readonly lineCount: number;
  /** Numbers of the lines that could not be picked. */
  readonly missing: readonly number[];
  readonly stationId: string;
  /** Where the station is. */
  readonly address: string;
  readonly parcelId: string;
  readonly labelNumber: string;
}

/** Of each answer. A command that waits longer is sent again under its id, which does nothing when it was done. */
const DEADLINE = { within: '1m', resubmit: 3 } as const;

/**
 * Reserves a station, has every line brought there at once, has what came packed and labelled, and hands the parcel to
 * the carrier.
 */
export const fulfilmentMachine = setup({
  types: {
    input: {} as FulfilmentRequested,
    context: {} as FulfilmentContext,
    events: {} as
      | Answer<'station.reserved', StationReserved>
      | Answer<'station.unavailable', StationUnavailable>
      | Joined<'picks', ItemPicked | ItemMissing>
      | Answer<'parcel.packed', ParcelPacked>
      | Answer<'label.printed', LabelPrinted>
      | Completed<'carrier', ParcelDelivered | ParcelReturned>,
  },
}).createMachine({
  id: 'fulfilment',
  context: ({ input }) => ({
    ...input,
    lineCount: input.lines.length,
    missing: [],
    stationId: '',
    address: '',
    parcelId: '',
    labelNumber: '',
  }),
  initial: 'reserving',
  states: {
    reserving: {
      entry: dispatch(StationReserve, ({ context: { fulfilmentId } }) => ({ fulfilmentId }), {
        ...DEADLINE,
        answers: [StationReserved, StationUnavailable],
        undo: {
          ...DEADLINE,
          command: StationRelease,
          answers: [StationReleased],
          data: ({ answer }) =>
            'stationId' in answer
              ? { fulfilmentId: answer.fulfilmentId, stationId: answer.stationId }
              : undefined,
        },
      }),
      on: {
        'station.reserved': {
          target: 'picking',
          actions: assign({
            stationId: ({ event }) => event.data.stationId,
            address: ({ event }) => event.data.address,
          }),
        },
        'station.unavailable': 'queueing',
      },
    },
    queueing: { after: { 5000: 'reserving' } },
    picking: {
      entry: fanOut(
        'picks',
        ({ context }) => context.lines.map((line, index) => pickOf(context, line, index)),
        {
          ...DEADLINE,
          command: ItemPick,
          answers: [ItemPicked, ItemMissing],
          join: 'all',
          undo: {
            ...DEADLINE,
            command: ItemRestock,
            answers: [ItemRestocked],
            data: ({ answer }) =>
              'pickId' in answer ? { fulfilmentId: answer.fulfilmentId, pickId: answer.pickId } : undefined,
          },
        },
      ),
      on: {
        'picks.joined': {
          target: 'picked',
          actions: assign({ lines: [], missing: ({ event }) => linesNotIn(event) }),
        },
      },
    },
    picked: {
      always: [
        { guard: ({ context }) => context.missing.length === 0, target: 'packing' },
        { guard: ({ context }) => context.whenMissing === 'cancel', target: 'cancelling' },
        { guard: ({ context }) => context.missing.length === context.lineCount, target: 'cancelling' },
        { target: 'packing' },
      ],
    },
    packing: {
      entry: dispatch(
        ParcelPack,
        ({ context: { fulfilmentId, stationId, lineCount, missing } }) => ({
          fulfilmentId,
          stationId,
          lines: lineCount - missing.length,
        }),
        {
          ...DEADLINE,
          answers: [ParcelPacked],
          undo: {
            ...DEADLINE,
            command: ParcelUnpack,
            answers: [ParcelUnpacked],
            data: ({ answer }) => ({ fulfilmentId: answer.fulfilmentId, parcelId: answer.parcelId }),
          },
        },
      ),
      on: {
        'parcel.packed': {
          target: 'labelling',
          actions: assign({ parcelId: ({ event }) => event.data.parcelId }),
        },
      },
    },
    labelling: {
      entry: dispatch(
        LabelPrint,
        ({ context: { fulfilmentId, parcelId, recipient, deliverTo } }) => ({
          fulfilmentId,
          parcelId,
          recipient,
          deliverTo,
        }),
        { ...DEADLINE, answers: [LabelPrinted] },
      ),
      on: {
        'label.printed': {
          target: 'handedOff',
          actions: assign({ labelNumber: ({ event }) => event.data.labelNumber }),
        },
      },
    },
    /** The parcel stands ready; what becomes of it is the carrier's to tell. */
    handedOff: {
      entry: [
        emit(OrderFulfilled, ({ context: { fulfilmentId, orderId, parcelId, labelNumber, missing } }) => ({
          fulfilmentId,
          orderId,
          parcelId,
          labelNumber,
          missing: [...missing],
        })),
        handOff(
          ParcelConsigned,
          ({ context: { orderId, parcelId, labelNumber, recipient, deliverTo } }) => ({
            orderId,
            parcelId,
            labelNumber,
            recipient,
            deliverTo,
          }),
          { name: 'carrier', ends: [ParcelDelivered, ParcelReturned], within: '10d' },
        ),
      ],
      on: {
        'carrier.completed': [
          { guard: ({ event }) => event.contract === 'parcel.delivered.v1', target: 'delivered' },
          { target: 'returned' },
        ],
      },
    },
    delivered: { type: 'final' },
    returned: { type: 'final' },
    /** What was done is undone from here on, and the machine is left where it is. */
    cancelling: { entry: compensate() },
  },
});

function pickOf(
  { fulfilmentId, address }: FulfilmentContext,
  { sku, quantity }: Item,
  index: number,
): { key: string; data: ItemPick } {
  const line = index + 1;
  return { key: `line-${line}`, data: { fulfilmentId, line, sku, quantity, bringTo: address } };
}

/** Numbers of the lines that were not picked: missing ones, and those of which nobody knows. */
function linesNotIn({ outcomes }: Joined<'picks', ItemPicked | ItemMissing>): number[] {
  return outcomes.flatMap((one, index) =>
    one.status === 'answered' && one.contract === 'item.picked.v1' ? [] : [index + 1],
  );
}
