import { expect, it } from 'vitest';
import { ORCHESTRATORS, planOf } from './plan.ts';
import { FULFILMENT_PROFILES, type FulfilmentProfile } from './profile.ts';

const profile = FULFILMENT_PROFILES.orchestration as FulfilmentProfile;

it('plans the same for the same seed, and something else for another', () => {
  expect(planOf(profile, 7)).toEqual(planOf(profile, 7));
  expect(planOf(profile, 8)).not.toEqual(planOf(profile, 7));
});

it.each(Object.values(FULFILMENT_PROFILES))('plans the fulfilments and the kills of $name', (one) => {
  const { fulfilments, kills } = planOf(one, 3);
  expect(fulfilments).toHaveLength(one.fulfilments);
  expect(kills.map(({ atMs }) => atMs / 1_000)).toEqual(
    Array.from({ length: one.seconds / one.killEverySeconds }, (_, i) => (i + 1) * one.killEverySeconds),
  );
});

it('asks for every kind, and kills now one orchestrator and now both', () => {
  const { fulfilments, kills } = planOf(profile, 1);
  expect(new Set(fulfilments.map(({ kind }) => kind)).size).toBe(4);
  const hit = kills.map(({ victims }) => victims.join(' '));
  expect(new Set(hit)).toEqual(new Set([...ORCHESTRATORS, ORCHESTRATORS.join(' ')]));
});
