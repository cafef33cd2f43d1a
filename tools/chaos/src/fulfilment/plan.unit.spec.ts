import { expect, it } from 'vitest';
import { CARRIERS } from '../carriers.ts';
import { ORCHESTRATORS, planOf } from './plan.ts';
import { FULFILMENT_PROFILES, type FulfilmentProfile } from './profile.ts';

const profile = FULFILMENT_PROFILES.orchestration as FulfilmentProfile;

it('plans the same for the same seed, and something else for another', () => {
  expect(planOf(profile, 7)).toEqual(planOf(profile, 7));
  expect(planOf(profile, 8)).not.toEqual(planOf(profile, 7));
});

it.each(Object.values(FULFILMENT_PROFILES))(
  'plans the fulfilments of $name, from the first second to the last',
  (one) => {
    const { fulfilments } = planOf(one, 3);
    expect(fulfilments).toHaveLength(one.fulfilments);
    expect(fulfilments[0]?.atMs).toBe(0);
    for (const { atMs } of fulfilments) expect(atMs).toBeLessThan(one.seconds * 1_000);
  },
);

it('asks for every kind, and kills now one orchestrator, now both, and now a carrier', () => {
  const { fulfilments, kills } = planOf(profile, 1);
  expect(new Set(fulfilments.map(({ kind }) => kind)).size).toBe(4);
  const hit = kills.map((victims) => victims.join(' '));
  expect(new Set(hit)).toEqual(new Set([...ORCHESTRATORS, ORCHESTRATORS.join(' '), ...CARRIERS]));
  expect(CARRIERS).toContain(kills[1]?.join(' '));
});
