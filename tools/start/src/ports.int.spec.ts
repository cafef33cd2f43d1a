import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { AppPortTakenError } from './errors.ts';
import { choosePorts } from './ports.ts';

const apps = ['storefront', 'payments', 'inventory'].map((name) => ({ name, command: [''] as const }));

it('gives free ports that differ when none is asked for', async () => {
  const ports = await choosePorts(apps, 0);
  expect(new Set(ports).size).toBe(3);
  expect(ports.every((port) => port > 1_023)).toBe(true);
});

it('names the app and the port when another process has one of them', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const address = other.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;

  await expect(choosePorts([{ name: 'payments', command: [''] }], taken)).rejects.toThrow(AppPortTakenError);
  await expect(choosePorts([{ name: 'payments', command: [''] }], taken)).rejects.toThrow(
    `Port ${taken} of 127.0.0.1, meant for payments, is taken`,
  );
});
