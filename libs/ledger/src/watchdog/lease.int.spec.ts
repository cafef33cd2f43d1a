import { jetstream } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { expect, it } from 'vitest';
import { Stage, startServer, until } from '../stage.spec.support.ts';
import { Lease } from './lease.ts';

const LEASE_MS = 400;

async function bucket(): Promise<KV> {
  const stage = await Stage.on(await startServer());
  return new Kvm(jetstream(stage.client)).create('lease', { history: 1, allow_direct: false });
}

it('is held by one of any number that want it', async () => {
  const entries = await bucket();
  const leases = Array.from({ length: 8 }, (_, i) => new Lease(entries, `w${i}`, LEASE_MS));
  const held = await Promise.all(leases.map((lease) => lease.renew()));
  expect(held.filter((isHeld) => isHeld)).toHaveLength(1);
});

it('passes to another one when it is not renewed, and whoever had it is refused', async () => {
  const entries = await bucket();
  const first = new Lease(entries, 'first', LEASE_MS);
  const second = new Lease(entries, 'second', LEASE_MS);
  expect(await first.renew()).toBe(true);
  expect(await second.renew()).toBe(false);
  await until('the second one has it', () => second.renew());
  expect(first.isHeld).toBe(false);
  expect(await first.renew()).toBe(false);
  expect(await second.renew()).toBe(true);
});

it('stays with whoever renews it', async () => {
  const entries = await bucket();
  const first = new Lease(entries, 'first', LEASE_MS);
  const second = new Lease(entries, 'second', LEASE_MS);
  await first.renew();
  const end = performance.now() + 3 * LEASE_MS;
  while (performance.now() < end) {
    expect(await first.renew()).toBe(true);
    expect(await second.renew()).toBe(false);
  }
});

it('is free at once when it is released', async () => {
  const entries = await bucket();
  const first = new Lease(entries, 'first', LEASE_MS);
  const second = new Lease(entries, 'second', LEASE_MS);
  await first.renew();
  expect(await second.renew()).toBe(false);
  await first.release();
  expect(await second.renew()).toBe(true);
});
