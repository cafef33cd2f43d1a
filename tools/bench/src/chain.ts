import { contractOf } from '@troupe/contract';
import { consumerName, Names } from '@troupe/jetstream';
import { OrderPlaced, ParcelDispatched, PaymentAuthorized, StockReserved } from './contracts.ts';

/** The three ways to do the same work, in the order in which a round runs them. */
export const VARIANTS = ['troupe', 'tuned', 'documented'] as const;

export type Variant = (typeof VARIANTS)[number];

/** Messages that each step of each variant may have in its hands at once. */
export const IN_FLIGHT = 256;

/** Name of the app whose steps make the chain. */
export const APP = 'chain';

/** Each step consumes one contract and emits the next. */
export const STEPS = [
  { name: 'authorize', on: OrderPlaced, emits: PaymentAuthorized },
  { name: 'reserve', on: PaymentAuthorized, emits: StockReserved },
  { name: 'dispatch', on: StockReserved, emits: ParcelDispatched },
] as const;

/** One hop as a variant without contracts sees it: a durable, and where its messages go on. */
export interface Hop {
  readonly step: string;
  readonly durable: string;
  /** Without the lane. */
  readonly next: string;
}

/** What a variant calls its stream, subjects and durables: its own, of one form. */
export interface ChainNames {
  readonly stream: string;
  /** Where orders come in, without the lane. */
  readonly first: string;
  /** Where they come out, without the lane. */
  readonly last: string;
  readonly hops: readonly Hop[];
}

export function chainNames(variant: Variant): ChainNames {
  const names = new Names(variant);
  return {
    stream: names.events,
    first: names.contractSubject(contractOf(OrderPlaced)),
    last: names.contractSubject(contractOf(ParcelDispatched)),
    hops: STEPS.map(({ name, on, emits }) => ({
      step: name,
      durable: consumerName(APP, name, contractOf(on)),
      next: names.contractSubject(contractOf(emits)),
    })),
  };
}

/** A running chain. */
export interface Chain {
  stop(): Promise<void>;
}
