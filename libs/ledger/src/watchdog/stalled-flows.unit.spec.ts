import { expect, it } from 'vitest';
import type { Ledger } from '../ledger.ts';
import type { Flow } from '../model/flow.ts';
import { SHOP } from '../shop.spec.support.ts';
import { declaredIn, stalledFlows } from './stalled-flows.ts';

const declared = declaredIn(SHOP);
const { signal } = new AbortController();
const HOUR = 3_600_000;

it('counts every flow of every page, those that failed in another branch too', async () => {
  const groups = await stalledFlows(ledgerOf({ stalled: 3, failed: 2 }, 0), declared, signal);
  expect(groups).toMatchObject([{ cause: 'late', step: 'payments__authorize', flows: 5 }]);
});

it('leaves out a deadline that the ledger has not read up to', async () => {
  const overMs = 1_000;
  expect(await stalledFlows(ledgerOf({ stalled: 1 }, 2_000, overMs), declared, signal)).toEqual([]);
  expect(await stalledFlows(ledgerOf({ stalled: 1 }, 0, overMs), declared, signal)).toHaveLength(1);
});

it('says nothing while the ledger is behind', async () => {
  expect(await stalledFlows(ledgerOf({ stalled: 1 }, 5_000), declared, signal)).toBeUndefined();
});

/** Gives one flow a page, each past its deadline by so much. */
function ledgerOf(
  counts: { readonly stalled?: number; readonly failed?: number },
  behindMs: number,
  overMs = HOUR,
): Pick<Ledger, 'flows' | 'freshness'> {
  const freshness = () => ({ asOf: Date.now() - behindMs, behindMs, problem: undefined });
  return {
    freshness,
    flows: async ({ state, cursor = '1' } = {}) => {
      const count = counts[state as 'stalled' | 'failed'] ?? 0;
      const nth = Number(cursor);
      return {
        flows: nth <= count ? [flowOf(`${state}-${nth}`, Date.now() - HOUR - overMs)] : [],
        cursor: nth < count ? String(nth + 1) : undefined,
        ...freshness(),
      };
    },
  };
}

function flowOf(id: string, at: number): Flow {
  const message = {
    id,
    source: '/storefront',
    type: 'order.placed.v1',
    flow: id,
    cause: undefined,
    stream: 'EVENTS',
    seq: 1,
    at,
    saidAt: undefined,
    size: 2,
    trace: undefined,
    app: 'storefront',
    emittedBy: undefined,
  };
  const settlement = { state: 'in-flight', since: at } as const;
  const step = {
    step: 'payments__authorize',
    app: 'payments',
    settlement,
    retries: 0,
    overdue: undefined,
    emitted: [],
  };
  return {
    id,
    state: 'stalled',
    sentence: '',
    reasons: [],
    type: 'order.placed.v1',
    startedAt: at,
    lastAt: at,
    parent: undefined,
    handOffs: [],
    traces: [],
    end: undefined,
    roots: [{ message, steps: [step], next: [] }],
    clockSkewMs: 0,
    truncated: false,
  };
}
