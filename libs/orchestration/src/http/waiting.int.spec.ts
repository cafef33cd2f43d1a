import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { keys } from '../engine/keys.ts';
import type { InstanceStatus } from '../record.ts';
import { fanOutRecord, fanOutState, instanceRecord } from '../status/records.spec.support.ts';
import { type Desk, desk } from './desk.spec.support.ts';
import { MOST_WAITING, Waiting } from './waiting.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server?.stop());

/** Resolves when a request waits for a change: its subscriptions are there. */
async function waits({ app }: Desk, count = 1): Promise<void> {
  await expect.poll(() => app.get(Waiting).count, { timeout: 10_000 }).toBe(count);
}

describe('GET with ?wait', () => {
  it('answers when the status differs from the one that is known', async () => {
    const shop = await desk(server);
    await shop.fanOut('f-1', fanOutRecord());
    await shop.instance(instanceRecord({ fanOuts: [fanOutState()] }));
    const { etag = '' } = (await shop.app.inject({ url: '/fulfilments/f-1' })).headers;
    const waiting = shop.app.inject({
      url: '/fulfilments/f-1?wait=30s',
      headers: { 'if-none-match': String(etag) },
    });
    const answered = waiting.then((answer) => answer);
    await waits(shop);
    await shop.fanOut('f-1', fanOutRecord({ answered: 1 }));
    const answer = await answered;
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ progress: { done: 1, total: 3 } });
    expect(answer.headers.etag).not.toBe(etag);
    await waits(shop, 0);
  });

  it('answers when it is over where nothing is known, and at once when it is already', async () => {
    const shop = await desk(server);
    await shop.instance(instanceRecord());
    const answered = shop.app.inject({ url: '/fulfilments/f-1?wait=30s' }).then((answer) => answer);
    await waits(shop);
    await shop.instance(instanceRecord({ status: 'suspended' }));
    await shop.instance(instanceRecord({ status: 'completed' }));
    const answer = await answered;
    expect(answer.json()).toMatchObject({ status: 'completed' });
    const known = { 'if-none-match': String(answer.headers.etag) };
    const over = await shop.app.inject({ url: '/fulfilments/f-1?wait=60s', headers: known });
    expect(over.statusCode).toBe(304); // nothing comes any more
  });

  it('answers with what is there when the time is over: 304 for what is known', async () => {
    const shop = await desk(server);
    await shop.instance(instanceRecord());
    const waited = await shop.app.inject({ url: '/fulfilments/f-1?wait=50ms' });
    expect(waited).toMatchObject({ statusCode: 200 });
    expect(waited.json()).toMatchObject({ status: 'running' });
    const headers = { 'if-none-match': String(waited.headers.etag) };
    expect((await shop.app.inject({ url: '/fulfilments/f-1?wait=50ms', headers })).statusCode).toBe(304);
    for (const wait of ['61s', '2m', '-1s', '0s', 'long', '10'])
      expect((await shop.app.inject({ url: `/fulfilments/f-1?wait=${wait}` })).statusCode, wait).toBe(400);
    expect((await shop.app.inject({ url: '/fulfilments/f-2?wait=30s' })).statusCode).toBe(404);
  });

  it('answers at once when too many wait already', async () => {
    const shop = await desk(server);
    await shop.instance(instanceRecord());
    const waiting = shop.app.get(Waiting);
    for (let n = 0; n < MOST_WAITING; n++) waiting.until({ raw: { once: () => {} } });
    expect((await shop.app.inject({ url: '/fulfilments/f-1?wait=60s' })).statusCode).toBe(200);
    const stream = await shop.app.inject({
      url: '/fulfilments/f-1',
      headers: { accept: 'text/event-stream' },
    });
    expect(stream.statusCode).toBe(503);
  });
});

/** The events of a stream, as they come. */
async function* eventsOf(response: Response) {
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
      if (fields.event === 'status') {
        const data = JSON.parse(String(fields.data)) as { status: InstanceStatus };
        yield { id: String(fields.id), status: data.status };
      }
    }
  }
}

describe('GET as text/event-stream', () => {
  function open(shop: Desk, seen?: string): Promise<Response> {
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const headers = { accept: 'text/event-stream', ...(seen !== undefined && { 'last-event-id': seen }) };
    return fetch(`${shop.url}/fulfilments/f-1`, { headers, signal: gone.signal });
  }

  it('shows each change and ends with the last; who has seen it is told not to come again', async () => {
    const shop = await desk(server);
    await shop.instance(instanceRecord());
    const response = await open(shop);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = eventsOf(response);
    const next = async () => (await events.next()).value;
    expect(await next()).toMatchObject({ status: 'running' });
    await shop.instance(instanceRecord({ status: 'suspended' }));
    const suspended = await next();
    expect(suspended).toMatchObject({ status: 'suspended' });
    const late = eventsOf(await open(shop, suspended?.id)); // comes back, and has seen this
    const missed = late.next();
    await shop.instance(instanceRecord({ status: 'completed' }));
    const last = await next();
    expect(last).toMatchObject({ status: 'completed' });
    expect((await events.next()).done).toBe(true);
    expect((await missed).value).toEqual(last);
    expect((await open(shop, last?.id)).status).toBe(204);
  });

  it('is 404 for an unknown instance', async () => {
    const shop = await desk(server);
    const answer = await open(shop);
    expect(answer.status).toBe(404);
    await answer.body?.cancel();
  });

  it('ends when nothing can be read any more, and whoever waits is answered by 503', async () => {
    const shop = await desk(server);
    await shop.instance(instanceRecord());
    const events = eventsOf(await open(shop));
    await events.next();
    const answered = shop.app.inject({ url: '/fulfilments/f-1?wait=30s' }).then((answer) => answer);
    await waits(shop, 2);
    const { client } = shop.runtime.connection;
    await client.request(`$JS.API.STREAM.DELETE.KV_${shop.bucket.name}`, '');
    client.publish(shop.bucket.subject(keys.instance('fulfilment', 'f-1'))); // as heard, but not stored
    const end = await events.next().catch(() => ({ done: true }));
    expect(end.done).toBe(true);
    expect((await answered).statusCode).toBe(503);
    await waits(shop, 0);
  });

  it('ends with its reader, and with the app', async () => {
    const shop = await desk(server);
    await shop.instance(instanceRecord());
    const reader = eventsOf(await open(shop));
    await reader.next();
    await waits(shop, 1);
    await reader.return(undefined);
    await waits(shop, 0);
    const other = eventsOf(await open(shop));
    await other.next();
    await waits(shop, 1);
    await shop.stop();
    expect((await other.next()).done).toBe(true);
  });
});
