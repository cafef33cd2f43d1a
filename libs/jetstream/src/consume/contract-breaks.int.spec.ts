import { randomBytes } from 'node:crypto';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OrderPlaced, stepOf, until } from '../fixtures.spec.support.ts';
import { COPY_HEADROOM } from '../topology/streams.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;
let handled: string[];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
  handled = [];
  await stage.app([
    stepOf({
      handle: (order) => {
        handled.push((order as OrderPlaced).orderId);
      },
    }),
  ]);
});

const JSON_ORDER = '{"orderId":"1"}';
const MIB = 1024 * 1024;

describe('a message that breaks its contract', () => {
  it.each<[string, string, string[], Record<string, string>, unknown]>([
    ['is not JSON', 'contract-invalid', [''], {}, '{"orderId":'],
    ['is empty', 'contract-invalid', [''], {}, ''],
    ['is not UTF-8', 'contract-invalid', [''], {}, Uint8Array.of(0x22, 0xff, 0x22)],
    ['has wrong fields', 'contract-invalid', ['/orderId', '/note'], {}, { orderId: 1, note: {} }],
    ['lacks a field', 'contract-invalid', ['/orderId'], {}, {}],
    ['is a list', 'contract-invalid', [''], {}, []],
    ['has no id', 'contract-invalid', ['/id'], { 'ce-id': '' }, JSON_ORDER],
    [
      'has an unknown major version',
      'contract-unknown',
      ['type'],
      { 'ce-type': 'order.placed.v9' },
      JSON_ORDER,
    ],
    ['has another type', 'contract-unknown', ['type'], { 'ce-type': 'x'.repeat(10_000) }, JSON_ORDER],
  ])('because it %s is dead-lettered at once, whole', async (_what, reason, paths, headers, body) => {
    const seq = await stage.order('bad', { 'x-own': 'grüße', ...headers }, body);
    const letter = await theDeadLetter();
    expect(letter.subject).toBe(stage.names.deadLetterSubject('shop', 'authorize'));
    expect(letter.header.get('x-dead-letter-reason')).toBe(reason);
    const { shown } = JSON.parse(decodeURI(letter.header.get('x-dlq-violations')));
    expect(shown.map(({ path }: { path: string }) => path).sort()).toEqual([...paths].sort());
    const original = await stage.manager.direct.getMessage(stage.names.events, { seq });
    expect(letter.data).toEqual(original?.data);
    expect(letter.header.get('x-own')).toBe('grüße');
    expect(letter.header.get('ce-type')).toBe(headers['ce-type'] ?? 'order.placed.v1');
    expect(letter.header.get('x-original-seq')).toBe(`${seq}`);
    expect(letter.header.get('x-attempt')).toBe('0');
    await stage.settled(stage.durable('authorize'));
    expect(handled).toEqual([]);
    await until('an alert is told', async () =>
      (await stage.notices('alert')).some((alert) => alert.reason === reason),
    );
    expect(await stage.notices('retry')).toEqual([]);
  });

  it.each<[string, Record<string, string>, unknown]>([
    [
      'app and version',
      { 'ce-source': '/storefront', 'ce-appversion': '1.4.0' },
      { app: 'storefront', version: '1.4.0' },
    ],
    ['app of a step', { 'ce-source': '/payments/authorize' }, { app: 'payments' }],
    ['source', { 'ce-source': 'https://partner.example/shop' }, { app: 'https://partner.example/shop' }],
  ])('raises an alert at once that names its producer: %s', async (_what, headers, producer) => {
    await stage.order('bad', headers, { orderId: 1 });
    const alert = await until('an alert is told', async () => (await stage.notices('alert'))[0]);
    expect(alert).toMatchObject({
      step: 'authorize',
      reason: 'contract-invalid',
      message: 'order.placed.v1 is broken: /orderId: orderId must be a string',
      event: { id: 'bad', source: headers['ce-source'] },
    });
    expect(alert.producer).toEqual(producer);
    expect(await stage.deadLetters()).toHaveLength(1);
  });

  it('names the producer in its alert where nothing but headers can be read', async () => {
    await stage.order('bad', { 'ce-source': '/storefront', 'ce-appversion': '1.4.0' }, 'no JSON');
    const alert = await until('an alert is told', async () => (await stage.notices('alert'))[0]);
    expect(alert.producer).toEqual({ app: 'storefront', version: '1.4.0' });
  });

  it('because it has no CloudEvents headers is dead-lettered, and one in structured mode is handled', async () => {
    await stage.put(stage.subjectOf(OrderPlaced), {}, JSON_ORDER);
    expect((await theDeadLetter()).header.get('x-dead-letter-reason')).toBe('contract-invalid');
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/f',
      type: 'order.placed.v1',
      data: { orderId: '7' },
    };
    const headers = { 'content-type': 'application/cloudevents+json' };
    await stage.put(stage.subjectOf(OrderPlaced), headers, JSON.stringify(event));
    await until('it is handled', () => handled.length === 1);
    expect(handled).toEqual(['7']);
  });

  it('because it is noise as large as the stream takes is dead-lettered whole', async () => {
    const noise = randomBytes(2 * MIB - COPY_HEADROOM - 1_000);
    await stage.order('bad', {}, noise);
    expect(Buffer.compare((await theDeadLetter()).data, noise)).toBe(0);
    await stage.settled(stage.durable('authorize'));
  });

  it('because its headers take all the room there is is dead-lettered, with what fits', async () => {
    const long = 'x'.repeat(65_535 - 300);
    await stage.order('bad', { 'ce-dataschema': long }, 'no');
    const { header } = await theDeadLetter();
    expect(header.get('ce-id')).toBe('bad');
    expect(header.get('ce-dataschema')).toBe('');
    expect(header.get('x-dlq-violations')).not.toBe('');
    await stage.settled(stage.durable('authorize'));
  });

  it('neither stops the step nor delays what comes between', async () => {
    for (let n = 0; n < 300; n++) await stage.order(`${n}`, {}, n % 3 === 0 ? { orderId: `${n}` } : 'noise');
    await stage.settled(stage.durable('authorize'));
    expect(handled).toHaveLength(100);
    expect(await stage.deadLetters()).toHaveLength(200);
  });
});

describe('headers that no client would write', () => {
  it.each([
    ['a name with spaces', 'bad name: 1'],
    ['a line break inside a value', 'x-own: a\nNats-Rollup: all'],
    ['no colon', 'nothing at all'],
    ['a status line', undefined],
  ])('%s: the step goes on, and the message is handled or dead-lettered', async (_what, line) => {
    const head = line === undefined ? 'NATS/1.0 409 Consumer Deleted' : `NATS/1.0\r\n${line}`;
    await stage.putRaw(
      stage.subjectOf(OrderPlaced),
      `${head}\r\nce-specversion: 1.0\r\nce-id: 1\r\nce-source: /s\r\nce-type: order.placed.v1\r\n\r\n`,
      'no',
    );
    const letter = await theDeadLetter();
    expect([...letter.header].map(([name]) => name)).not.toContain('Nats-Rollup');
    expect(letter.header.get('ce-id')).toBe('1');
    await stage.order('next');
    await until('the next one is handled', () => handled.includes('next'));
    await stage.settled(stage.durable('authorize'));
  });
});

/** The one dead letter, once it is there. */
async function theDeadLetter() {
  const [letter] = await until('it is dead-lettered', async () => {
    const letters = await stage.deadLetters();
    return letters[0] === undefined ? undefined : ([letters[0], ...letters.slice(1)] as const);
  });
  return letter;
}
