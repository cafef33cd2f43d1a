import { expect, it } from 'vitest';
import { planOf } from './plan.ts';
import { PROFILES, type Profile } from './profile.ts';

const APPS = ['payments', 'payments-2', 'shipping', 'carrier'] as const;
const full = PROFILES.full as Profile;

it('plans the same for the same seed, and something else for another', () => {
  expect(planOf(full, 7, [...APPS])).toEqual(planOf(full, 7, [...APPS]));
  expect(planOf(full, 8, [...APPS])).not.toEqual(planOf(full, 7, [...APPS]));
});

it.each(Object.values(PROFILES))('plans the orders and the faults of the profile $name', (profile) => {
  const { orders, faults } = planOf(profile, 3, [...APPS]);
  expect(orders).toHaveLength(profile.orders);
  for (const [kind, count] of Object.entries(profile.faults)) {
    expect(faults.filter((fault) => fault.kind === kind)).toHaveLength(count);
  }
  expect(orders.filter(({ kind }) => kind === 'poison')).toHaveLength(profile.faults.poison ?? 0);
  const end = profile.seconds * 1_000;
  for (const { atMs } of [...orders, ...faults]) expect(atMs).toBeLessThanOrEqual(end);
  expect(faults).toEqual(faults.toSorted((one, other) => one.atMs - other.atMs));
});

it('does 60 faults to 20,000 orders in the full profile', () => {
  const { orders, faults } = planOf(full, 1, [...APPS]);
  expect(orders).toHaveLength(20_000);
  expect(faults).toHaveLength(60);
});

it('puts the poison into a burst that piles up in front of payments', () => {
  const { faults } = planOf(full, 1, [...APPS]);
  const poisons = faults.filter(({ kind }) => kind === 'poison').map(({ atMs }) => atMs);
  expect(poisons).toEqual(full.bursts.map(({ atSecond }) => atSecond * 1_000 + 500));
  for (const { atSecond, heldSeconds } of full.bursts) {
    const held = { atMs: atSecond * 1_000, kind: 'app-frozen', lastsMs: heldSeconds * 1_000 };
    expect(faults).toContainEqual({ ...held, app: 'payments' });
    expect(faults).toContainEqual({ ...held, app: 'payments-2' });
  }
});

it.each(Object.values(PROFILES))('kills the carrier and freezes it in the profile $name', (profile) => {
  const { faults } = planOf(profile, 1, [...APPS]);
  const hit = faults.filter(({ app }) => app === 'carrier').map(({ kind }) => kind);
  expect(new Set(hit)).toEqual(new Set(['app-killed', 'app-frozen']));
});

it('hits apps where an app is to be hit, and freezes one for longer than its ack wait', () => {
  const { faults } = planOf(full, 1, [...APPS]);
  for (const { kind, app } of faults) {
    expect(app !== undefined).toBe(kind === 'app-killed' || kind === 'app-frozen');
  }
  expect(faults.filter(({ lastsMs }) => lastsMs > 30_000)).toHaveLength(1);
});
