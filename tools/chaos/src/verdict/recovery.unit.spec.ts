import { expect, it } from 'vitest';
import type { InflictedFault } from '../faults/schedule.ts';
import type { AcceptedOrder } from '../shopping.ts';
import { recoveriesOf } from './recovery.ts';

function killed(began: number, ended = began): InflictedFault {
  return { kind: 'app-killed', app: 'payments', atMs: 0, lastsMs: 0, began, ended };
}

function order(orderId: string, acceptedAt: number): AcceptedOrder {
  return { orderId, flowId: orderId, kind: 'one-parcel', acceptedAt, tries: 1 };
}

it('measures until the last order that was on its way had its outcome, and how long none had', () => {
  const accepted = [order('before', 900), order('slow', 950), order('after', 1_100)];
  const outcomeAt = new Map([
    ['before', 1_200],
    ['slow', 31_000],
    ['after', 60_000],
  ]);
  expect(recoveriesOf([killed(1_000, 3_000)], accepted, outcomeAt)).toEqual([
    {
      kind: 'app-killed',
      throughMedian: 30_000,
      throughLongest: 30_000,
      silenceMedian: 11_800,
      silenceLongest: 11_800,
      faults: [{ atMs: 0, app: 'payments', through: 30_000, silence: 11_800 }],
    },
  ]);
});

it('takes the median and the longest of a kind', () => {
  const accepted = [order('a', 1_000), order('b', 2_000), order('c', 3_000)];
  const outcomeAt = new Map([
    ['a', 1_500],
    ['b', 2_700],
    ['c', 3_900],
  ]);
  const faults = [killed(1_000), killed(2_000), killed(3_000)];
  expect(recoveriesOf(faults, accepted, outcomeAt)).toMatchObject([
    {
      throughMedian: 700,
      throughLongest: 900,
      faults: [{ through: 500 }, { through: 700 }, { through: 900 }],
    },
  ]);
});

it('counts nothing for a fault that found no order on its way', () => {
  expect(recoveriesOf([killed(1_000)], [order('a', 2_000)], new Map())).toMatchObject([
    { throughLongest: 0 },
  ]);
});
