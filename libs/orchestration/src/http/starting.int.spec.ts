import { jetstreamManager } from '@nats-io/jetstream';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { keys } from '../engine/keys.ts';
import type { InstanceRecord } from '../record.ts';
import { instanceRecord } from '../status/records.spec.support.ts';
import { desk } from './desk.spec.support.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server?.stop());

const body = { orderId: 'o-1', lines: 2 };

describe('POST', () => {
  it('publishes the start in a flow of its own and says where to look, and there it is at once', async () => {
    const { app, events } = await desk(server);
    const answer = await app.inject({ method: 'POST', url: '/fulfilments', payload: body });
    expect(answer.statusCode).toBe(202);
    const { id } = answer.json<{ id: string }>();
    expect(answer.headers).toMatchObject({
      location: `/fulfilments/${id}`,
      'retry-after': '1',
      etag: expect.stringMatching(/^W\/"\d+"$/),
    });
    expect(answer.json()).toMatchObject({
      orchestration: 'fulfilment',
      status: 'accepted',
      state: null,
      progress: { done: 0, total: 0 },
      links: { self: `/fulfilments/${id}`, diagram: `/fulfilments/${id}/diagram` },
    });
    const found = await app.inject({ url: `/fulfilments/${id}` });
    expect(found.json()).toEqual(answer.json());
    const [event] = await events(id, { until: (all) => all.length === 1 });
    expect(event).toMatchObject({ type: 'fulfilment.requested.v1', data: body });
  });

  it('is forgotten after a day when the event that begins it never comes', async () => {
    const { app, bucket, runtime } = await desk(server);
    const { headers } = await app.inject({ method: 'POST', url: '/fulfilments', payload: body });
    const id = String(headers.location).split('/').at(-1) ?? '';
    const manager = await jetstreamManager(runtime.connection.client);
    const last_by_subj = bucket.subject(keys.instance('fulfilment', id));
    const stored = await manager.streams.getMessage(`KV_${bucket.name}`, { last_by_subj });
    expect(stored?.header.get('Nats-TTL')).toBe('24h');
  });

  it('answers a repeat with the same key by what the first began, and publishes it once', async () => {
    const { app, instance, bucket, events } = await desk(server);
    const headers = { 'idempotency-key': 'k-1' };
    const post = (payload: object) => app.inject({ method: 'POST', url: '/fulfilments', payload, headers });
    const twins = await Promise.all([post(body), post(body), post({ lines: 2, orderId: 'o-1' })]);
    expect(twins.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202]);
    const [id, ...others] = twins.map((twin) => twin.json<{ id: string }>().id);
    expect(new Set(others)).toEqual(new Set([id]));
    const other = await post({ ...body, lines: 3 });
    expect(other.statusCode).toBe(422);
    expect(other.json()).toMatchObject({ detail: expect.stringContaining('another body') });

    const { record } = await bucket.get<InstanceRecord>(keys.instance('fulfilment', id ?? ''));
    await instance({ ...(record as InstanceRecord), status: 'running' });
    expect((await post(body)).json()).toMatchObject({ id, status: 'running' });
    expect(await events(id ?? '')).toHaveLength(1);
  });

  it('takes the id from the body when the orchestration does, and refuses one that was not begun so', async () => {
    const { app, instance } = await desk(server);
    const post = (payload: object) => app.inject({ method: 'POST', url: '/returns', payload });
    const first = await post(body);
    expect(first.headers.location).toBe('/returns/o-1');
    expect((await post(body)).json()).toEqual(first.json());
    expect((await post({ ...body, lines: 9 })).statusCode).toBe(422);
    await instance(instanceRecord({ orchestration: 'return', id: 'o-2' }));
    expect((await post({ ...body, orderId: 'o-2' })).statusCode).toBe(409);
    expect((await post({ ...body, orderId: 'x'.repeat(256) })).statusCode).toBe(422);
  });

  it.each([
    ['a body that breaks the contract', 422, { orderId: '', lines: 0 }, {}],
    ['an unknown field', 422, { ...body, colour: 'red' }, {}],
    ['a list', 400, [], {}],
    ['text', 415, 'order', { 'content-type': 'text/plain' }],
    ['a key that is none', 400, body, { 'idempotency-key': 'a b' }],
  ])('refuses %s by %i and begins nothing', async (_, status, payload, headers) => {
    const { app } = await desk(server);
    const answer = await app.inject({ method: 'POST', url: '/fulfilments', payload, headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/problem\+json/);
    expect((await app.inject({ url: '/fulfilments' })).json()).toEqual({ instances: [] });
  });
});

describe('POST of what the broker never takes', () => {
  it('is refused, and leaves nothing that looks accepted', async () => {
    const small = await startNatsServer({ maxPayload: 512 * 1024 });
    onTestFinished(() => small.stop());
    const { app } = await desk(small);
    const payload = { ...body, orderId: 'x'.repeat(500 * 1024) };
    const answer = await app.inject({ method: 'POST', url: '/fulfilments', payload });
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ code: 'TROUPE_MESSAGE_TOO_LARGE' });
    expect((await app.inject({ url: '/fulfilments' })).json()).toEqual({ instances: [] });
  });
});
