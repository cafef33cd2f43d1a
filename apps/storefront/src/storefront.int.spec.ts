import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MOST_LINES } from '@shop/contracts-order';
import { createApp, Runtime } from '@troupe/nest';
import { startBroker, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serveApiPage } from './api-page.ts';
import { body } from './bodies.spec.support.ts';
import { storedIds } from './stored.spec.support.ts';
import { StorefrontModule } from './storefront.module.ts';

const MIB = 1024 * 1024;
const line = { sku: 'TENT-2P', quantity: 1, unitPrice: 100 };
const json = { 'content-type': 'application/json' };

let broker: TestBroker;
let app: NestFastifyApplication;

beforeAll(async () => {
  broker = await startBroker();
  vi.stubEnv('NATS_URL', broker.url);
  app = await createApp(StorefrontModule, { configure: serveApiPage });
  await app.listen(0);
  await ready();
});
afterAll(async () => {
  await app?.close();
  await broker?.stop();
  vi.unstubAllEnvs();
});

describe('POST /orders', () => {
  it('answers 202 with the ids of the order and its flow, and where it is found', async () => {
    const answer = await post(body());
    expect(answer.statusCode).toBe(202);
    const { orderId, flowId } = answer.json<{ orderId: string; flowId: string }>();
    expect(answer.json()).toEqual({ orderId, flowId });
    expect(answer.headers.location).toBe(`/orders/${orderId}`);
    expect(await stored()).toContain(orderId);
    const found = await app.inject({ url: `/orders/${orderId}` });
    expect(found.statusCode).toBe(200);
    expect(found.json()).toEqual({ orderId, flowId, placedAt: expect.any(String) });
  });

  it('takes as many lines as an order may have', async () => {
    const lines = Array.from({ length: MOST_LINES }, () => line);
    expect((await post(body({ lines }))).statusCode).toBe(202);
  });

  it.each<[string, object, string[]]>([
    ['nothing in it', {}, ['/customer', '/deliverTo', '/currency', '/paymentToken', '/lines']],
    [
      'wrong types',
      { ...body(), currency: 978, paymentToken: true, lines: 'tent' },
      ['/currency', '/lines', '/paymentToken'],
    ],
    ['an unknown currency', { ...body(), currency: 'XYZ' }, ['/currency']],
    ['no lines', { ...body(), lines: [] }, ['/lines']],
    ['10,001 lines', { ...body(), lines: Array.from({ length: MOST_LINES + 1 }, () => line) }, ['/lines']],
    ['a negative quantity', { ...body(), lines: [line, { ...line, quantity: -1 }] }, ['/lines/1/quantity']],
    ['half a cent', { ...body(), lines: [{ ...line, unitPrice: 0.5 }] }, ['/lines/0/unitPrice']],
    [
      'wrong nested fields',
      { ...body(), customer: { name: '', email: 'ada' } },
      ['/customer/email', '/customer/name'],
    ],
    ['an unknown field', { ...body(), coupon: 'SUMMER' }, ['/coupon']],
    [
      'a total that no number says exactly',
      { ...body(), lines: [{ ...line, quantity: 1_000_000, unitPrice: Number.MAX_SAFE_INTEGER }] },
      ['/lines'],
    ],
  ])('answers a body with %s by 422 and every failing path', async (_, wrong, pointers) => {
    const answer = await refused(() => post(wrong));
    expect(answer.statusCode).toBe(422);
    const failing = answer.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer);
    expect(new Set(failing)).toEqual(new Set(pointers));
  });

  it.each<[string, number, string | Buffer, Record<string, string>]>([
    ['a body that is no JSON', 400, '{"customer":', json],
    ['an empty body', 400, '', json],
    ['a body that is no object', 400, '[]', json],
    ['a body with another prototype', 400, '{"__proto__":{"paymentToken":"tok_visa"}}', json],
    ['a body over 1 MiB', 413, JSON.stringify({ note: 'x'.repeat(MIB) }), json],
    ['a body that is text', 415, 'a tent, please', { 'content-type': 'text/plain' }],
    ['a body that is a form', 415, 'sku=TENT-2P', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a body that is XML', 415, '<order/>', { 'content-type': 'application/xml' }],
    ['a body of no type', 415, JSON.stringify(body()), {}],
  ])('answers %s by %i', async (_, status, payload, headers) => {
    const answer = await refused(() => app.inject({ method: 'POST', url: '/orders', payload, headers }));
    expect(answer.statusCode).toBe(status);
  });
});

describe('Idempotency-Key', () => {
  it('makes a repeat get the first answer, and place nothing', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await post(body(), key);
    const before = await stored();
    const { lines, ...rest } = body();
    const repeat = await post({ lines, ...rest }, key);
    expect(repeat.statusCode).toBe(202);
    expect(repeat.body).toBe(first.body);
    expect(repeat.headers.location).toBe(first.headers.location);
    expect(await stored()).toEqual(before);
  });

  it('is 422 with another body', async () => {
    const key = { 'idempotency-key': randomUUID() };
    await post(body(), key);
    const answer = await refused(() => post(body({ paymentToken: 'tok_other' }), key));
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ detail: string }>().detail).toContain('Idempotency-Key');
  });

  it('is not used up by a body that is refused', async () => {
    const key = { 'idempotency-key': randomUUID() };
    expect((await post({}, key)).statusCode).toBe(422);
    expect((await post(body(), key)).statusCode).toBe(202);
  });

  it.each([
    ['empty', ''],
    ['longer than 255 characters', 'k'.repeat(256)],
    ['of characters that are not visible ASCII', 'schlüssel'],
    ['of several words', 'two words'],
  ])('is 400 when it is %s', async (_, key) => {
    const answer = await refused(() => post(body(), { 'idempotency-key': key }));
    expect(answer.statusCode).toBe(400);
  });
});

describe('other requests', () => {
  it('are answered by 404 when there is nothing', async () => {
    expect((await problemAt('GET', '/orders/none')).status).toBe(404);
    expect((await problemAt('GET', `/orders/${randomUUID()}`)).status).toBe(404);
    expect((await problemAt('GET', '/nothing/here?at=all')).status).toBe(404);
    expect((await problemAt('DELETE', '/orders')).status).toBe(404);
  });

  it('are told the API at /docs', async () => {
    const page = await app.inject({ url: '/docs' });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    const script = await app.inject({ url: '/docs/swagger-ui-bundle.js' });
    expect(script.statusCode).toBe(200);
  });
});

describe('the OpenAPI document', () => {
  it('says what POST /orders takes and answers', async () => {
    const document = (await app.inject({ url: '/docs-json' })).json<ApiDocument>();
    const post = document.paths['/orders']?.post;
    expect(Object.keys(post?.responses ?? {})).toEqual(['202', '400', '413', '415', '422', '503']);
    for (const [status, response] of Object.entries(post?.responses ?? {})) {
      const type = status === '202' ? 'application/json' : 'application/problem+json';
      expect(Object.keys(response.content)).toEqual([type]);
    }
    expect(post?.requestBody.content['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/PlaceOrder',
    });
  });

  it('refers to nothing that it does not hold', async () => {
    const text = (await app.inject({ url: '/docs-json' })).body;
    const { components } = JSON.parse(text) as ApiDocument;
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
    expect(references.length).toBeGreaterThan(3);
    for (const reference of references) {
      expect(reference).toMatch(/^#\/components\/schemas\//);
      expect(Object.keys(components.schemas)).toContain(reference.slice('#/components/schemas/'.length));
    }
  });
});

describe('while the broker is away', () => {
  it('answers 503 with Retry-After and is live, not ready; an order is taken again when it is back', async () => {
    await broker.kill();
    const runtime = app.get(Runtime);
    await vi.waitUntil(() => !runtime.status().ready, { timeout: 15_000 });
    const answer = await post(body());
    expect(answer.statusCode).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200);
    expect((await app.inject({ url: '/health/ready' })).statusCode).toBe(503);
    await broker.restart();
    await ready();
    expect((await post(body())).statusCode).toBe(202);
  });
});

describe('a storefront that starts before its broker', () => {
  it('is live, not ready, and takes no orders', async () => {
    await withStorefront('nats://127.0.0.1:1', async (early) => {
      const answer = await early.inject({ method: 'POST', url: '/orders', payload: body() });
      expect(answer.statusCode).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect((await early.inject({ url: '/health/live' })).statusCode).toBe(200);
      expect((await early.inject({ url: '/health/ready' })).statusCode).toBe(503);
    });
  });
});

describe('a broker that takes small messages only', () => {
  it('makes the storefront answer a larger order by 413', async () => {
    const small = await startBroker({ maxPayload: 256 * 1024 });
    try {
      await withStorefront(small.url, async (other) => {
        const runtime = other.get(Runtime);
        await vi.waitUntil(() => runtime.status().ready, { timeout: 15_000 });
        const lines = Array.from({ length: 5_000 }, () => line);
        const answer = await other.inject({ method: 'POST', url: '/orders', payload: body({ lines }) });
        expect(answer.statusCode).toBe(413);
        expect(answer.json()).toMatchObject({ status: 413, code: 'TROUPE_MESSAGE_TOO_LARGE' });
        expect(await storedIds(runtime)).toEqual([]);
      });
    } finally {
      await small.stop();
    }
  });
});

/** A second storefront, on another broker. */
async function withStorefront(
  url: string,
  test: (storefront: NestFastifyApplication) => Promise<void>,
): Promise<void> {
  vi.stubEnv('NATS_URL', url);
  const storefront = await createApp(StorefrontModule, { configure: serveApiPage });
  try {
    await storefront.listen(0);
    await test(storefront);
  } finally {
    await storefront.close();
  }
}

interface ApiDocument {
  readonly paths: Record<string, Record<string, ApiOperation>>;
  readonly components: { readonly schemas: Record<string, object> };
}
interface ApiOperation {
  readonly requestBody: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly content: Record<string, object> }>;
}

type Answer = Awaited<ReturnType<NestFastifyApplication['inject']>>;

function post(payload: object, headers: Record<string, string> = {}): Promise<Answer> {
  return app.inject({ method: 'POST', url: '/orders', payload, headers });
}

/** A request that must be answered by a problem, and must leave nothing in the stream. */
async function refused(request: () => Promise<Answer>): Promise<Answer> {
  const before = await stored();
  const answer = await request();
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json()).toMatchObject({
    type: 'about:blank',
    status: answer.statusCode,
    title: expect.any(String),
    detail: expect.any(String),
    instance: '/orders',
  });
  expect(await stored()).toEqual(before);
  return answer;
}

async function problemAt(method: 'GET' | 'DELETE', url: string): Promise<{ status: number }> {
  const answer = await app.inject({ method, url });
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const problem = answer.json<{ status: number }>();
  expect(problem.status).toBe(answer.statusCode);
  return problem;
}

function stored(): Promise<string[]> {
  return storedIds(app.get(Runtime));
}

async function ready(): Promise<void> {
  await vi.waitUntil(async () => (await app.inject({ url: '/health/ready' })).statusCode === 200, {
    timeout: 15_000,
  });
}
