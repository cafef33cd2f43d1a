import { expect, it } from 'vitest';
import { Pauses } from './pauses.ts';

it('doubles the pauses up to 10 s while a process ends again and again', () => {
  const pauses = new Pauses();
  expect([0, 0, 100, 29_999, 0, 0, 0, 0].map((ranFor) => pauses.next(ranFor))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
  ]);
});

it('begins anew after a run of 30 s', () => {
  const pauses = new Pauses();
  expect([0, 0, 30_000, 0].map((ranFor) => pauses.next(ranFor))).toEqual([250, 500, 250, 500]);
});
