import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../engine/keys.ts';
import {
  branchRecord,
  commandRecord,
  fanOutRecord,
  fanOutState,
  instanceRecord,
} from '../status/records.spec.support.ts';
import { desk } from './desk.spec.support.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server?.stop());

const body = { orderId: 'o-1', lines: 2 };

describe('GET of one', () => {
  it('shows its steps with results, sensitive values hidden, and where branches are', async () => {
    const { app, instance, fanOut, branch } = await desk(server);
    const answer = { contract: 'station.reserved.v1', data: { station: 'S-7', pin: '1234' } };
    await fanOut('f-1', fanOutRecord({ answered: 1 }));
    for (const index of [0, 1, 2]) await branch('f-1', branchRecord(index));
    await instance(
      instanceRecord({
        commands: [commandRecord({ status: 'answered', answer })],
        fanOuts: [fanOutState({ dispatchedAt: '2026-01-01T00:00:01.000Z' })],
      }),
    );
    const found = await app.inject({ url: '/fulfilments/f-1' });
    expect(found.json()).toMatchObject({
      state: 'picking',
      progress: { done: 2, total: 4 },
      steps: [
        { name: 'station.reserve', result: { data: { station: 'S-7', pin: '***' } } },
        {
          name: 'picks',
          answered: 1,
          total: 3,
          branches: [{ key: 'line-0' }, { key: 'line-1' }, { key: 'line-2' }],
          href: '/fulfilments/f-1/branches/picks',
        },
      ],
    });
    expect(found.body).not.toContain('1234');
  });

  it('costs little when nothing changed: 304, until it does', async () => {
    const { app, instance } = await desk(server);
    await instance(instanceRecord());
    const get = (known: string) =>
      app.inject({ url: '/fulfilments/f-1', headers: { 'if-none-match': known } });
    const first = await get('"none"');
    expect(first.statusCode).toBe(200);
    const etag = String(first.headers.etag);
    for (const known of [etag, etag.replace('W/', ''), `"x", ${etag}`, '*']) {
      const same = await get(known);
      expect(same).toMatchObject({ statusCode: 304, body: '' });
      expect(same.headers).toMatchObject({ etag, 'retry-after': '1' });
    }
    await instance(instanceRecord({ status: 'suspended' }));
    const changed = await get(etag);
    expect(changed.statusCode).toBe(200);
    expect(changed.headers['retry-after']).toBe('30');
    await instance(instanceRecord({ status: 'completed' }));
    expect((await get(etag)).headers['retry-after']).toBeUndefined();
  });

  it('finds an instance by any id that a flow may have', async () => {
    const { app, instance } = await desk(server);
    for (const id of ['a/b c', '../f', 'ü*>', '%2F']) {
      await instance(instanceRecord({ id }));
      const found = await app.inject({ url: `/fulfilments/${encodeURIComponent(id)}` });
      expect(found.json(), id).toMatchObject({
        id,
        links: { self: `/fulfilments/${encodeURIComponent(id)}` },
      });
    }
  });

  it('answers an unknown id by 404, and that of another orchestration by saying so', async () => {
    const { app, instance } = await desk(server);
    await instance(instanceRecord({ orchestration: 'return' }));
    const unknown = await app.inject({ url: '/fulfilments/f-2' });
    expect(unknown.statusCode).toBe(404);
    const problem = unknown.json<{ code: string; detail: string }>();
    expect(problem.code).toBe('TROUPE_ORCHESTRATION_NOT_FOUND');
    expect(problem.detail).toContain('There is no fulfilment "f-2"');
    for (const path of ['/fulfilments/f-1', '/fulfilments/f-1/branches/picks']) {
      const other = await app.inject({ url: path });
      expect(other.statusCode).toBe(404);
      expect(other.json<{ detail: string }>().detail).toContain('this is the id of a return');
    }
  });

  it('gives branches a page at a time, and knows no fan-out that was not dispatched', async () => {
    const { app, instance, fanOut, branch } = await desk(server);
    await fanOut('f-1', fanOutRecord({ total: 103 }));
    await instance(instanceRecord({ fanOuts: [fanOutState({ total: 103 })] }));
    await Promise.all(Array.from({ length: 103 }, (_, index) => branch('f-1', branchRecord(index))));
    const get = async (query: string) =>
      (await app.inject({ url: `/fulfilments/f-1/branches/picks${query}` })).json<{
        branches: { index: number }[];
        after?: number;
      }>();
    const first = await get('');
    expect(first.branches).toHaveLength(100);
    expect(first.after).toBe(99);
    const second = await get('?after=99');
    expect(second.branches.map(({ index }) => index)).toEqual([100, 101, 102]);
    expect(second.after).toBeUndefined();
    const status = await app.inject({ url: '/fulfilments/f-1' });
    expect(status.json<{ steps: object[] }>().steps[0]).not.toHaveProperty('branches');
    expect((await app.inject({ url: '/fulfilments/f-1/branches/packs' })).statusCode).toBe(404);
    for (const query of ['?after=x', '?after=-1', '?limit=1001', '?limit=0', '?of=1'])
      expect((await app.inject({ url: `/fulfilments/f-1/branches/picks${query}` })).statusCode).toBe(400);
  });

  it('answers a record that was edited by hand by 500 and its code, and hides what stands there', async () => {
    const { app, bucket, runtime } = await desk(server);
    const key = keys.instance('fulfilment', 'f-1');
    await runtime.connection.client.request(bucket.subject(key), '{"secret":1}');
    const answer = await app.inject({ url: '/fulfilments/f-1' });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'TROUPE_ORCHESTRATION_RECORD_DAMAGED' });
    expect(answer.body).not.toContain('secret');
    expect((await app.inject({ url: '/fulfilments' })).json()).toEqual({ instances: [], damaged: 1 });
  });
});

describe('GET of a diagram', () => {
  it('draws the machine with the present state marked, when the machine of its version is kept', async () => {
    const { app, instance } = await desk(server);
    await instance(instanceRecord());
    const drawn = await app.inject({ url: '/fulfilments/f-1/diagram' });
    expect(drawn.headers['content-type']).toMatch(/^text\/plain/);
    expect(drawn.body).toMatch(/^stateDiagram-v2\n/);
    expect(drawn.body).toContain('picking --> packing: picked');
    expect(drawn.body).toContain('class picking current');
    await instance(instanceRecord({ id: 'f-2', version: 2 }));
    for (const id of ['f-2', 'f-3'])
      expect((await app.inject({ url: `/fulfilments/${id}/diagram` })).statusCode).toBe(404);
  });
});

describe('GET of many', () => {
  it('lists them by status and state, a page at a time', async () => {
    const { app, instance } = await desk(server);
    for (const n of [1, 2, 3]) {
      await instance(instanceRecord({ id: `f-${n}`, startedAt: `2026-01-0${n}T00:00:00.000Z` }));
    }
    await instance(instanceRecord({ id: 'f-4', status: 'suspended' }));
    const get = async (query: string) =>
      (await app.inject({ url: `/fulfilments${query}` })).json<{
        instances: { id: string }[];
        cursor?: string;
      }>();
    const first = await get('?status=running&state=picking&limit=2');
    expect(first.instances).toMatchObject([
      { id: 'f-3', state: 'picking', links: { self: '/fulfilments/f-3' } },
      { id: 'f-2' },
    ]);
    const second = await get(`?status=running&limit=2&cursor=${first.cursor}`);
    expect(second.instances.map(({ id }) => id)).toEqual(['f-1']);
    expect(second.cursor).toBeUndefined();
    expect((await get('?state=packing')).instances).toEqual([]);
  });

  it.each([
    'status=done',
    'limit=0',
    'limit=201',
    'limit=x',
    'cursor=x',
    'cursor=WzFd',
    'size=1',
    'limit=1&limit=2',
  ])('refuses ?%s by 400', async (query) => {
    const { app } = await desk(server);
    const answer = await app.inject({ url: `/fulfilments?${query}` });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ status: 400, detail: expect.any(String) });
  });
});

describe('without its bucket or its broker', () => {
  it('everything is answered by 503 with Retry-After', async () => {
    const { app, bucket, runtime } = await desk(server);
    await runtime.connection.client.request(`$JS.API.STREAM.DELETE.KV_${bucket.name}`, '');
    const asked = [
      { url: '/fulfilments' },
      { url: '/fulfilments/f-1' },
      { method: 'POST', url: '/fulfilments', payload: body },
      { method: 'DELETE', url: '/fulfilments/f-1' },
    ] as const;
    for (const one of asked) {
      const answer = await app.inject(one);
      expect(answer.statusCode, one.url).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    await runtime.connection.close();
    expect((await app.inject({ url: '/fulfilments' })).json()).toMatchObject({
      code: 'TROUPE_BROKER_UNAVAILABLE',
    });
  });
});
