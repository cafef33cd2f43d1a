import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeadLetters } from '@troupe/jetstream';
import type { Alerts, FiringAlert, Flow, FlowReport, Whereabouts } from '@troupe/ledger';
import { closeApp, createApp, Runtime } from '@troupe/nest';
import { startBroker, type TestBroker } from '@troupe/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serveApiPage } from './api/page.ts';
import { type SchemaName, schemaRef, schemas } from './api/schemas.ts';
import { ConsoleModule } from './console.module.ts';
import type { FlowsAnswer } from './flows/flows.controller.ts';
import { Shop } from './shop.spec.support.ts';
import type { Linked } from './trace-links.ts';

let broker: TestBroker;
let shop: Shop;
let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  broker = await startBroker();
  shop = await Shop.on(broker);
  vi.stubEnv('NATS_URL', broker.url);
  vi.stubEnv('TROUPE_DATA', 'memory');
  vi.stubEnv('TROUPE_TRACE_URL', 'https://traces.example/trace/{traceId}');
  vi.stubEnv('TROUPE_CHOREOGRAPHY', join(import.meta.dirname, '../../../choreography.lock'));
  app = await createApp(ConsoleModule, { configure: serveApiPage });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
}, 60_000);
afterAll(async () => {
  await closeApp(app);
  await shop.close();
  await broker.stop();
  vi.unstubAllEnvs();
});

describe('GET /where/{key}', () => {
  it('answers with one sentence and the flow as a tree, by order id and by flow id', async () => {
    const { flowId } = await shop.order('o-1', 'tok_declined');
    const { sentence, flows, behindMs } = await whereOnce('o-1', ({ state }) => state === 'completed');
    expect(sentence).toMatch(/^Order o-1 is completed: payment\.declined\.v1, .+ ago\.$/);
    expect(behindMs).toBeLessThan(60_000);
    const [placed] = flows[0]?.roots ?? [];
    expect(placed?.message).toMatchObject({ type: 'order.placed.v1', flow: flowId });
    const paid = placed?.steps.find(({ step }) => step === 'payments__authorize');
    expect(paid?.settlement.state).toBe('done');
    expect(paid?.emitted[0]?.message.type).toBe('payment.declined.v1');
    const byFlow = await answerOf<Whereabouts>(`/where/${flowId}`, 'Whereabouts');
    expect(byFlow.matches).toEqual([{ flow: flowId, kinds: ['flow id'] }]);
  });

  it('says who is to go on and runs nowhere, as choreography.lock has it', async () => {
    await shop.dispatch('n-1');
    const { flows } = await whereOnce('n-1', ({ roots }) =>
      roots.some(({ steps }) =>
        steps.some(({ app, settlement }) => app === 'notifications' && settlement.state === 'done'),
      ),
    );
    expect(flows[0]).toMatchObject({
      state: 'stalled',
      sentence: expect.stringMatching(
        /^Order n-1 is stalled: waiting for carrier\.collect: no instance, and no consumer for parcel\.dispatched\.v1; /,
      ),
    });
  });

  it('lists the flows and the kinds of key when several match', async () => {
    const { flowId } = await shop.order('k-1', 'tok_declined');
    await shop.order('k-2', 'tok_declined', 'k-1');
    await whereOnce('k-2', ({ state }) => state === 'completed');
    const { sentence, matches } = await answerOf<Whereabouts>('/where/k-1', 'Whereabouts');
    expect(sentence).toMatch(/^k-1 leads to 2 flows/);
    expect(matches).toEqual([
      { flow: 'k-1', kinds: ['flow id'] },
      { flow: flowId, kinds: ['message id', 'orderId'] },
    ]);
  });

  it('answers 404 with what was searched for a key of which nothing is known, however long it is', async () => {
    for (const key of ['o-99', 'x'.repeat(1_000), 'a%2Fb%20c']) {
      const problem = await problemAt(404, `/where/${key}`);
      expect(problem.detail).toMatch(
        /^Nothing is known of .+: searched flow ids, message ids and business keys/,
      );
    }
  });
});

describe('GET /flows', () => {
  it('lists by state, type and time, a page at a time', async () => {
    await shop.order('p-1', 'tok_broken');
    await shop.order('p-2', 'tok_broken');
    for (const key of ['p-1', 'p-2']) await whereOnce(key, ({ state }) => state === 'failed');
    const first = await answerOf<FlowsAnswer>('/flows?state=failed&limit=1', 'FlowsPage');
    expect(first.flows).toMatchObject([{ state: 'failed' }]);
    const rest = await answerOf<FlowsAnswer>(`/flows?state=failed&cursor=${first.cursor}`, 'FlowsPage');
    expect(rest.flows).toMatchObject([{ state: 'failed' }]);
    expect(rest.flows[0]?.id).not.toBe(first.flows[0]?.id);
    const none = async (query: string) =>
      expect((await answerOf<FlowsAnswer>(`/flows?${query}`, 'FlowsPage')).flows).toEqual([]);
    await none('type=parcel.returned.v1');
    await none('until=2020-01-01T00:00:00Z');
    await none('since=2100-01-01T00:00:00Z');
  });

  it.each([
    ['state=lost', 'none is "lost"'],
    ['limit=0', 'from 1 to 500'],
    ['limit=501', 'from 1 to 500'],
    ['limit=many', 'from 1 to 500'],
    ['since=yesterday', 'not "yesterday"'],
    ['cursor=abc', 'The cursor "abc"'],
    ['colour=red', 'There is no "colour"'],
    ['type=a&type=b', 'given more than once'],
    [`type=${'x'.repeat(1_025)}`, 'over 1024 characters'],
  ])('answers 400 for %s, with what would be right', async (query, detail) => {
    expect((await problemAt(400, `/flows?${query}`)).detail).toContain(detail);
  });
});

describe('GET /flows/{id}', () => {
  it('gives a flow whole, and draws it', async () => {
    const { flowId } = await shop.order('q-1', 'tok_declined');
    await whereOnce('q-1', ({ state }) => state === 'completed');
    const { flow } = await answerOf<{ flow: Flow }>(`/flows/${flowId}`, 'FlowAnswer');
    expect(flow).toMatchObject({ id: flowId, state: 'completed', end: 'payment.declined.v1' });
    const diagram = await app.inject({ url: `/flows/${flowId}/diagram` });
    expect(diagram.headers['content-type']).toMatch(/^text\/plain/);
    expect(diagram.body).toMatch(/^sequenceDiagram\n {2}participant p0 as storefront\n/);
    expect(diagram.body).toMatch(/^ {2}p0->>p\d: order\.placed\.v1 \(/m);
    expect(diagram.body).toMatch(/^ {2}p\d->>p\d: payment\.declined\.v1 \(/m);
  });

  it('answers 404 for what is no flow, and says where a message id leads', async () => {
    await shop.order('q-2', 'tok_declined');
    await whereOnce('q-2', ({ state }) => state === 'completed');
    expect((await problemAt(404, '/flows/none')).detail).toBe('No flow has the id none.');
    expect((await problemAt(404, '/flows/q-2')).detail).toContain('GET /where/q-2');
    await problemAt(404, '/flows/none/diagram');
  });
});

describe('GET /flows/{flowId}/report', () => {
  const encoded = encodeURIComponent('f-1/carrier/1');

  it('adds a flow up whose id has slashes, with what its ends say only when that is asked for', async () => {
    await shop.order('t-1', 'tok_declined', 'f-1/carrier/1');
    await whereOnce('t-1', ({ state }) => state === 'completed');
    const report = await reportAt(`/flows/${encoded}/report`);
    expect(report).toMatchObject({
      flowId: 'f-1/carrier/1',
      state: 'completed',
      ends: [{ contract: 'payment.declined.v1', source: '/payments/authorize' }],
      branches: { total: 1, open: 0 },
      retries: 0,
      deadLetters: [],
    });
    expect(report.steps.map(({ step, done }) => [step, done])).toEqual([
      ['notifications__notify', 2],
      ['payments__authorize', 1],
    ]);
    expect(JSON.stringify(report)).not.toMatch(/ada@example\.com/);
    const told = await reportAt(`/flows/${encoded}/report?data=true&ends=order.placed.v1`);
    expect(told.ends).toMatchObject([
      { contract: 'order.placed.v1', data: { orderId: 't-1', customer: { email: 'ada@example.com' } } },
      { contract: 'payment.declined.v1', data: { reason: 'card-declined' } },
    ]);
  });

  it.each([
    ['ends=parcel', 'not "parcel"'],
    ['ends=order.placed.v1,', 'not ""'],
    [`ends=${Array(21).fill('a.b.v1').join(',')}`, 'At most 20 ends'],
    ['data=1', '"data" is true or false, not "1"'],
    ['colour=red', 'There is no "colour"'],
    ['data=true&data=true', 'given more than once'],
  ])('answers 400 for %s, with what would be right', async (query, detail) => {
    expect((await problemAt(400, `/flows/${encoded}/report?${query}`)).detail).toContain(detail);
  });

  it('answers 404 for a flow that nobody knows', async () => {
    expect((await problemAt(404, '/flows/f-1%2Fcarrier%2F9/report')).detail).toMatch(
      /^No flow has the id f-1\/carrier\/9, as of /,
    );
  });
});

describe('GET /steps', () => {
  it('lists those that run and those that are only declared', async () => {
    const { steps } = await answerOf<{ steps: { step: string; queues: { hasConsumer: boolean }[] }[] }>(
      '/steps',
      'StepsPage',
    );
    const consumers = new Map(
      steps.map(({ step, queues }) => [step, queues.every(({ hasConsumer }) => hasConsumer)]),
    );
    expect(consumers.get('payments__authorize')).toBe(true);
    expect(consumers.get('inventory__reserve')).toBe(false);
  });
});

describe('GET /alerts', () => {
  it('lists what does not go on, and the metrics count it', async () => {
    await shop.order('w-1', 'tok_broken');
    let alerts: readonly FiringAlert[] = [];
    await vi.waitUntil(async () => {
      ({ alerts } = await answerOf<Alerts>('/alerts', 'Alerts'));
      return alerts.some(({ kind }) => kind === 'dead-letter-group');
    }, WAIT);
    expect(alerts.find(({ kind }) => kind === 'dead-letter-group')).toMatchObject({
      app: 'payments',
      step: 'payments__authorize',
    });
    expect((await app.inject({ url: '/metrics' })).body).toMatch(
      /^troupe_alert\{.*troupe_kind="dead-letter-group".*\} 1$/m,
    );
  });
});

describe('GET /messages/{stream}/{seq}', () => {
  it('reads a message of this environment from its stream', async () => {
    await shop.order('r-1', 'tok_declined');
    const { flows } = await whereOnce('r-1', () => true);
    const { stream, seq } = flows[0]?.roots[0]?.message ?? { stream: '', seq: 0 };
    const message = await answerOf<{ headers: [string, string[]][]; body: { value: object } }>(
      `/messages/${stream}/${seq}`,
      'StoredMessage',
    );
    expect(message).toMatchObject({
      stream,
      seq,
      subject: expect.stringMatching(/^evt\.order\.placed\.v1\./),
    });
    expect(message.headers).toContainEqual(['ce-id', ['r-1']]);
    expect(message.body.value).toMatchObject({
      orderId: 'r-1',
      total: { amount: 12_900 },
      paymentToken: '***',
    });
    expect(JSON.stringify(message)).not.toMatch(/ada@example\.com|tok_declined/);
    await problemAt(404, `/messages/${stream}/999999`);
    await problemAt(404, '/messages/KV_crashes_payments/1');
    await problemAt(400, `/messages/${stream}/first`);
  });
});

describe('the traces of a flow', () => {
  it('are linked to: the one that it began, and the one that goes on where a dead letter was redriven', async () => {
    const { flowId } = await shop.order('l-1', 'tok_broken_once');
    const failed = await whereOnce('l-1', ({ state }) => state === 'failed');
    expect(failed.flows[0]?.traces).toHaveLength(1);
    const [settlement] =
      failed.flows[0]?.roots[0]?.steps.flatMap((step) =>
        step.settlement.state === 'dead-lettered' ? [step.settlement] : [],
      ) ?? [];
    const letters = await DeadLetters.open(app.get(Runtime).connection);
    await letters.redrive({ seqs: [settlement?.letter ?? 0] }, { by: 'ada', why: 'the card is known' });
    letters.close();
    await whereOnce('l-1', ({ state }) => state === 'completed');

    const { flow } = await answerOf<{ flow: Linked<Flow> }>(`/flows/${flowId}`, 'FlowAnswer');
    const [placed] = flow.roots;
    const declined = placed?.steps.flatMap(({ emitted }) => emitted)[0];
    const [began, again] = [placed?.message.trace, declined?.message.trace];
    expect(began).toMatch(/^[\da-f]{32}$/);
    expect(again).toMatch(/^[\da-f]{32}$/);
    expect(again).not.toBe(began);
    expect(flow.traces).toEqual([began, again]);
    expect(flow.links.traces).toEqual([
      `https://traces.example/trace/${began}`,
      `https://traces.example/trace/${again}`,
    ]);
    const page = await answerOf<FlowsAnswer>('/flows?type=order.placed.v1', 'FlowsPage');
    expect(page.flows.find(({ id }) => id === flowId)?.links).toEqual(flow.links);
    for (const [path, trace] of [
      [`/messages/DEAD_LETTERS/${settlement?.letter}`, began],
      [`/messages/EVENTS/${declined?.message.seq}`, again],
    ]) {
      expect(await answerOf(path ?? '', 'StoredMessage')).toMatchObject({
        trace,
        links: { trace: `https://traces.example/trace/${trace}` },
      });
    }
  });
});

describe('GET /tail', () => {
  it('tells how far behind it is, and of the flows that were asked for as they change', async () => {
    const seen = await tailed('/tail?state=failed&step=payments__authorize');
    await vi.waitUntil(() => seen.text().includes('event: freshness\ndata: {"asOf":'), WAIT);
    const other = await tailed('/tail?step=shipping__dispatch');
    const declined = await shop.order('s-1', 'tok_declined');
    const failed = await shop.order('s-2', 'tok_broken');
    await vi.waitUntil(() => seen.text().includes(failed.flowId), WAIT);
    expect(seen.text()).not.toContain(declined.flowId);
    const [, data = ''] = /^event: flow\ndata: (.+)$/m.exec(seen.text()) ?? [];
    expect(violations('TailEntry', JSON.parse(data))).toEqual([]);
    expect(other.text()).not.toContain('event: flow');
  });

  it('shows 100 at once and no more, until one is closed', async () => {
    const close = new AbortController();
    const open = Array.from({ length: 100 }, () => fetch(`${url}/tail`, { signal: close.signal }));
    const statuses = (await Promise.all(open)).map(({ status }) => status);
    expect(statuses).toContain(200);
    expect((await problemAt(503, '/tail')).detail).toContain('100 live views are open already');
    close.abort();
    await vi.waitUntil(async () => {
      const again = new AbortController();
      const { status } = await fetch(`${url}/tail`, { signal: again.signal });
      again.abort();
      return status === 200;
    }, WAIT);
  });

  it('answers 400 for a state that there is not', async () => {
    expect((await problemAt(400, '/tail?state=lost')).detail).toContain('none is "lost"');
  });
});

describe('the console', () => {
  it('sends nothing, and holds no durable consumer', async () => {
    const runtime = app.get(Runtime);
    const manager = await jetstreamManager(runtime.connection.client);
    const durables: string[] = [];
    const sources = new Set<string>();
    for await (const { config, state } of manager.streams.list()) {
      for await (const consumer of manager.consumers.list(config.name))
        durables.push(consumer.config.durable_name ?? '');
      if (config.name === 'EVENTS')
        for (let seq = 1; seq <= state.last_seq; seq++)
          sources.add((await manager.direct.getMessage('EVENTS', { seq }))?.header.get('ce-source') ?? '');
    }
    expect(
      durables.filter((name) => name !== '').every((name) => /^(payments|notifications)__/.test(name)),
    ).toBe(true);
    expect([...sources].sort()).toEqual(['/payments/authorize', '/storefront']);
  });

  it('describes its answers at /docs-json, and refers to nothing that it does not hold', async () => {
    const text = (await app.inject({ url: '/docs-json' })).body;
    const document = JSON.parse(text) as { paths: object; components: { schemas: object } };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/where/{key}',
        '/flows',
        '/flows/{id}',
        '/flows/{flowId}/report',
        '/steps',
        '/alerts',
        '/tail',
      ]),
    );
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
      expect(Object.keys(document.components.schemas)).toContain(name);
  });

  it('is ready, and counts', async () => {
    await vi.waitUntil(async () => (await app.inject({ url: '/health/ready' })).statusCode === 200, WAIT);
    expect((await app.inject({ url: '/metrics' })).statusCode).toBe(200);
  });

  it('ends at once though somebody is looking', async () => {
    const early = await createApp(ConsoleModule);
    await early.listen(0, '127.0.0.1');
    const at = await early.getUrl();
    await vi.waitUntil(async () => (await early.inject({ url: '/steps' })).statusCode === 200, WAIT);
    const answer = await fetch(`${at}/tail`);
    const reader = answer.body?.getReader();
    await reader?.read();
    const began = performance.now();
    await closeApp(early);
    expect(performance.now() - began).toBeLessThan(9_000); // the grace period is 10 s
    await reader?.cancel().catch(() => {});
  });
});

describe('what is purged', () => {
  it('is not known, and the answers say from when on something is', async () => {
    await shop.order('u-1', 'tok_declined');
    await whereOnce('u-1', ({ state }) => state === 'completed');
    const { connection, names } = app.get(Runtime);
    const manager = await jetstreamManager(connection.client);
    const before = await answerOf<FlowsAnswer>('/flows', 'FlowsPage');
    expect(before.knownSince).toBeUndefined();
    await manager.streams.purge(names.events, { keep: 1 });
    const { knownSince = '' } = await answerOf<FlowsAnswer>('/flows', 'FlowsPage');
    const { state } = await manager.streams.info(names.events);
    expect(knownSince).toBe(new Date(state.first_ts).toISOString());
    expect((await problemAt(404, '/where/u-99')).detail).toContain(`before ${knownSince} is purged`);
  });
});

describe('while the broker is away', () => {
  it('answers with what was known, and says why it is old; it catches up when the broker is back', async () => {
    await shop.order('v-1', 'tok_declined');
    await whereOnce('v-1', ({ state }) => state === 'completed');
    await broker.kill();
    await vi.waitUntil(
      async () => (await answerOf<Whereabouts>('/where/v-1', 'Whereabouts')).problem !== undefined,
      WAIT,
    );
    const { flows, behindMs } = await answerOf<FlowsAnswer>('/flows?limit=1', 'FlowsPage');
    expect(flows).toMatchObject([{ state: 'completed' }]);
    expect(behindMs).toBeGreaterThan(0);
    await answerOf('/steps', 'StepsPage');
    await problemAt(503, '/messages/EVENTS/1');
    await broker.restart();
    await vi.waitUntil(
      async () => (await answerOf<Whereabouts>('/where/v-1', 'Whereabouts')).problem === undefined,
      WAIT,
    );
  });
});

describe('a console whose database cannot be opened', () => {
  it('answers 503 with the reason', async () => {
    vi.stubEnv('TROUPE_DATA', import.meta.filename);
    const early = await createApp(ConsoleModule);
    vi.stubEnv('TROUPE_DATA', 'memory');
    await early.init();
    await vi.waitUntil(
      async () => (await early.inject({ url: '/flows' })).body.includes('The ledger cannot be kept'),
      WAIT,
    );
    expect((await early.inject({ url: '/flows' })).statusCode).toBe(503);
    await closeApp(early);
  });
});

describe('a console whose broker is not there', () => {
  it('answers 503 with the reason, and when to ask again', async () => {
    vi.stubEnv('NATS_URL', 'nats://127.0.0.1:1');
    const early = await createApp(ConsoleModule);
    vi.stubEnv('NATS_URL', broker.url);
    await early.init();
    for (const path of [
      '/where/o-1',
      '/flows',
      '/flows/x',
      '/flows/x/report',
      '/steps',
      '/alerts',
      '/messages/EVENTS/1',
      '/tail',
    ]) {
      const answer = await early.inject({ url: path });
      expect(answer.statusCode, path).toBe(503);
      expect(answer.headers['retry-after']).toBeDefined();
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    await closeApp(early);
  });
});

const WAIT = { timeout: 20_000, interval: 20 };

/** The answer, once its first flow is as wanted. */
async function whereOnce(key: string, isSo: (flow: Flow) => boolean): Promise<Whereabouts> {
  let last: Whereabouts | undefined;
  await vi.waitUntil(async () => {
    const answer = await app.inject({ url: `/where/${key}` });
    if (answer.statusCode !== 200) return false;
    last = answer.json<Whereabouts>();
    return last.flows[0] !== undefined && isSo(last.flows[0]);
  }, WAIT);
  expect(violations('Whereabouts', last)).toEqual([]);
  return last as Whereabouts;
}

/** An answer that is as the document says. */
async function answerOf<T>(path: string, schema: SchemaName): Promise<T> {
  let answer = await app.inject({ url: path });
  await vi.waitUntil(async () => {
    answer = await app.inject({ url: path });
    return answer.statusCode !== 503;
  }, WAIT);
  expect(answer.statusCode, answer.body).toBe(200);
  expect(violations(schema, answer.json())).toEqual([]);
  expect(answer.json()).toHaveProperty(schema === 'StoredMessage' ? 'seq' : 'behindMs');
  return answer.json<T>();
}

async function reportAt(path: string): Promise<FlowReport> {
  const answer = await app.inject({ url: path });
  expect(answer.statusCode, answer.body).toBe(200);
  expect(violations('FlowReport', answer.json())).toEqual([]);
  return answer.json<FlowReport>();
}

async function problemAt(status: number, path: string): Promise<{ detail: string }> {
  const answer = await app.inject({ url: path });
  expect(answer.statusCode, answer.body).toBe(status);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(violations('Problem', answer.json())).toEqual([]);
  return answer.json<{ detail: string }>();
}

function violations(name: SchemaName, value: unknown): unknown[] {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  const validate = ajv.compile({ ...schemaRef(name), components: { schemas } });
  return validate(value) ? [] : (validate.errors ?? []);
}

/** What a live view said so far. */
async function tailed(path: string): Promise<{ text(): string }> {
  const answer = await fetch(url + path);
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  let text = '';
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const bytes of answer.body ?? [])
      text += decoder.decode(bytes as Uint8Array, { stream: true });
  };
  read().catch(() => {}); // it ends with the app
  return { text: () => text };
}
