import { RetryAfter, ServiceClient } from '@troupe/nest';
import { IsString } from 'class-validator';
import { expect, it, onTestFinished } from 'vitest';
import { startService } from './service.ts';

class Receipt {
  @IsString()
  id!: string;
}

it('answers as it is told, and keeps what it was asked', async () => {
  const answers = [{ status: 503, headers: { 'retry-after': '0' } }, { body: { id: 'r-1' } }];
  const service = await startService(() => answers.shift() ?? {});
  onTestFinished(() => service.stop());
  const client = new ServiceClient({ name: 'bank', url: service.url });
  const call = { idempotencyKey: 'key', signal: new AbortController().signal };
  const ask = () => client.post('/transfers', { amount: 5 }, call, Receipt);
  await expect(ask()).rejects.toThrow(RetryAfter);
  expect(await ask()).toEqual({ id: 'r-1' });
  const request = { path: '/transfers', key: 'key', body: { amount: 5 } };
  expect(service.requests).toEqual([request, request]);
});

it('answers by what it is asked, and 200 with an empty object unless it says otherwise', async () => {
  const service = await startService(({ path }) => (path === '/closed' ? { status: 404 } : {}));
  onTestFinished(() => service.stop());
  const post = (path: string) => fetch(`${service.url}${path}`, { method: 'POST', body: '{}' });
  expect((await post('/closed')).status).toBe(404);
  const open = await post('/open');
  expect(open.status).toBe(200);
  expect(await open.json()).toEqual({});
  expect(service.requests[1]).toEqual({ path: '/open', key: undefined, body: {} });
});

it('gives no answer to what is no JSON', async () => {
  const service = await startService(() => ({}));
  onTestFinished(() => service.stop());
  await expect(fetch(service.url, { method: 'POST', body: '{' })).rejects.toThrow('fetch failed');
  expect(service.requests).toEqual([]);
});
