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
  /** The flows, youngest first, but each before those that it handed off to; 20 at most. */
  readonly flows: readonly Flow[];
}

export interface Match {
  readonly flow: string;
  /** `flow id`, `message id`, or the name of a business key: `orderId`. */
  readonly kinds: readonly string[];
}

/** Each flow with those behind it that it handed off to: whoever asks for an order means the flow that has the others. */
export function ordered(flows: readonly Flow[]): { heads: readonly Flow[]; all: readonly Flow[] } {
  const ids = new Set(flows.map(({ id }) => id));
  const below = Map.groupBy(flows, ({ parent = '' }) => parent);
  const all = new Set<Flow>();
  const show = (flow: Flow): void => {
    if (all.has(flow)) return;
    all.add(flow);
    for (const child of below.get(flow.id) ?? []) show(child);
  };
  const heads = flows.filter(({ parent = '' }) => !ids.has(parent));
  heads.forEach(show);
  flows.forEach(show); // foreign flows may name one another as parents
  return { heads: heads.length > 0 ? heads : flows, all: [...all] };
}
