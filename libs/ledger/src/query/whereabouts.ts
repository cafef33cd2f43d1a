import type { Flow } from '../model/flow.ts';

/** How much an answer can be relied on. */
export interface Freshness {
  /** Everything stored before then is known, ms since the epoch; 0 while the ledger has not caught up yet. */
  readonly asOf: number;
  /** How far behind that was when it was asked, ms. */
  readonly behindMs: number;
  /** Why the answer is older than it should be; undefined while it is not. */
  readonly problem: string | undefined;
}

/** What a key leads to. */
export interface Whereabouts extends Freshness {
  readonly key: string;
  /** One sentence: where it is, which flows it may be, or what was searched in vain. */
  readonly sentence: string;
  /** What the key is: each flow with the kinds of key by which it was found. */
  readonly matches: readonly Match[];
  /** The flows, youngest first; 20 at most. */
  readonly flows: readonly Flow[];
}

export interface Match {
  readonly flow: string;
  /** `flow id`, `message id`, or the name of a business key: `orderId`. */
  readonly kinds: readonly string[];
}
