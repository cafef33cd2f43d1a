import {
  type Answer,
  dispatch,
  emit,
  fanOut,
  type Joined,
  type OrchestrationOptions,
} from '@troupe/orchestration';
import { setup } from 'xstate';
import {
  AuthorizePayment,
  CountClosed,
  CountRequested,
  CountShelf,
  DispatchParcel,
  MakeQuote,
  type Order,
  OrderFulfilled,
  OrderPlaced,
  ParcelDispatched,
  PaymentAuthorized,
  QuoteClosed,
  QuoteMade,
  QuoteRequested,
  ReserveStock,
  ShelfCounted,
  StockReserved,
} from './contracts.ts';

/** Long enough that no deadline passes while something is measured; each command arms one all the same. */
const within = '6h';

interface Ordered {
  readonly order: Order;
}

/** Three commands one after another, the same work as the three steps of the chain. */
export const FULFILMENT = {
  name: 'fulfilment',
  version: 1,
  starts: OrderPlaced,
  commands: [AuthorizePayment, ReserveStock, DispatchParcel],
  emits: [OrderFulfilled],
  from: 'beginning',
  path: false,
  machine: setup({
    types: {} as {
      context: Ordered;
      input: OrderPlaced;
      events:
        | Answer<'payment.authorized', PaymentAuthorized>
        | Answer<'stock.reserved', StockReserved>
        | Answer<'parcel.dispatched', ParcelDispatched>;
    },
  }).createMachine({
    id: 'fulfilment',
    initial: 'paying',
    context: ({ input }) => ({ order: input }),
    states: {
      paying: {
        entry: dispatch(AuthorizePayment, ({ context }: { context: Ordered }) => context.order, {
          answers: [PaymentAuthorized],
          within,
        }),
        on: { 'payment.authorized': 'reserving' },
      },
      reserving: {
        entry: dispatch(ReserveStock, ({ context }: { context: Ordered }) => context.order, {
          answers: [StockReserved],
          within,
        }),
        on: { 'stock.reserved': 'dispatching' },
      },
      dispatching: {
        entry: dispatch(DispatchParcel, ({ context }: { context: Ordered }) => context.order, {
          answers: [ParcelDispatched],
          within,
        }),
        on: { 'parcel.dispatched': 'fulfilled' },
      },
      fulfilled: {
        type: 'final',
        entry: emit(OrderFulfilled, ({ context }: { context: Ordered }) => context.order),
      },
    },
  }),
} satisfies OrchestrationOptions;

/** One command that is answered when somebody gets round to it. */
export const QUOTE = {
  name: 'quote',
  version: 1,
  starts: QuoteRequested,
  commands: [MakeQuote],
  emits: [QuoteClosed],
  from: 'beginning',
  path: false,
  machine: setup({
    types: {} as {
      context: Ordered;
      input: QuoteRequested;
      events: Answer<'quote.made', QuoteMade>;
    },
  }).createMachine({
    id: 'quote',
    initial: 'asking',
    context: ({ input }) => ({ order: input }),
    states: {
      asking: {
        entry: dispatch(MakeQuote, ({ context }: { context: Ordered }) => context.order, {
          answers: [QuoteMade],
          within,
        }),
        on: { 'quote.made': 'closed' },
      },
      closed: {
        type: 'final',
        entry: emit(QuoteClosed, ({ context }: { context: Ordered }) => context.order),
      },
    },
  }),
} satisfies OrchestrationOptions;

interface Counting {
  readonly shelves: number;
}

/** As many branches as it is told, joined when all are over. */
export const COUNT = {
  name: 'count',
  version: 1,
  starts: CountRequested,
  commands: [CountShelf],
  emits: [CountClosed],
  from: 'beginning',
  path: false,
  machine: setup({
    types: {} as {
      context: Counting;
      input: CountRequested;
      events: Joined<'shelves', ShelfCounted>;
    },
  }).createMachine({
    id: 'count',
    initial: 'counting',
    context: ({ input }) => ({ shelves: input.shelves }),
    states: {
      counting: {
        entry: fanOut('shelves', ({ context }: { context: Counting }) => shelvesOf(context.shelves), {
          command: CountShelf,
          answers: [ShelfCounted],
          join: 'all',
          within,
        }),
        on: { 'shelves.joined': 'closed' },
      },
      closed: {
        type: 'final',
        entry: emit(CountClosed, ({ context }: { context: Counting }) => ({ counted: context.shelves })),
      },
    },
  }),
} satisfies OrchestrationOptions;

function shelvesOf(count: number): { key: string; data: CountShelf }[] {
  return Array.from({ length: count }, (_, i) => ({ key: `shelf-${i}`, data: { shelf: `shelf-${i}` } }));
}
