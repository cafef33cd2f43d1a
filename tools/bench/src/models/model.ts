import { Names } from '@troupe/jetstream';
import { OrderFulfilled, OrderPlaced, ParcelDispatched } from './contracts.ts';

/**
 * The ways to have three pieces of work done for an order, in the order in which a round runs them: each model, and
 * what durable orchestration costs at least.
 */
export const MODELS = ['choreographed', 'orchestrated', 'by-hand', 'request-reply'] as const;

export type Model = (typeof MODELS)[number];

/** Messages that each step or caller may have in its hands at once. */
export const IN_FLIGHT = 256;

/** App whose steps do the work, and the orchestrations. */
export const APP = 'shop';

/** Where requests and replies go, past all streams. */
export const REQUESTS = {
  run: 'rpc.run',
  order: 'rpc.order',
  work: ['rpc.authorize', 'rpc.reserve', 'rpc.dispatch'],
} as const;

/** Where the flows of the models begin and end that work through streams. */
export const FLOWS = {
  choreographed: {
    names: new Names('choreographed'),
    starts: OrderPlaced,
    ends: ParcelDispatched,
  },
  orchestrated: {
    names: new Names('orchestrated'),
    starts: OrderPlaced,
    ends: OrderFulfilled,
  },
  'by-hand': {
    names: new Names('by-hand'),
    starts: OrderPlaced,
    ends: OrderFulfilled,
  },
} as const;

/** How often a message of a flow is handled by a step, or a request answered: an orchestrator handles four of its seven. */
export const HOPS: Readonly<Record<Model, number>> = {
  choreographed: 3,
  orchestrated: 7,
  'by-hand': 7,
  'request-reply': 3,
};
