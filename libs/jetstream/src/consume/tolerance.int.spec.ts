import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OrderPlaced, stepOf, until } from '../fixtures.spec.support.ts';
import type { StepContext } from '../step.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;
let handled: [order: object, context: StepContext][];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
  handled = [];
  await stage.app([stepOf({ handle: (order, context) => void handled.push([order, context]) })]);
});

async function settled(): Promise<void> {
  await stage.settled(stage.durable('authorize'));
}

describe('a message of another sender is taken', () => {
  const ORDER = '{"orderId":"1"}';
  const REQUIRED = { 'ce-specversion': '1.0', 'ce-id': 'a', 'ce-source': '/s', 'ce-type': 'order.placed.v1' };
  const EVENT = {
    specversion: '1.0',
    id: 'a',
    source: '/s',
    type: 'order.placed.v1',
    data: { orderId: '1' },
  };

  it.each<[string, Record<string, string>, string]>([
    [
      'as the binding says: every attribute prefixed and percent-encoded',
      {
        ...REQUIRED,
        'ce-datacontenttype': 'application/json',
        'ce-correlationid': 'Gr%C3%B6%C3%9Fe%2050%25',
      },
      ORDER,
    ],
    [
      'as the Go SDK writes it: content-type without prefix, values as they are',
      { ...REQUIRED, 'content-type': 'application/json', 'ce-correlationid': 'Größe 50%' },
      ORDER,
    ],
    [
      'with quoted values, and names in another case',
      {
        'Ce-Specversion': '1.0',
        'CE-ID': 'a',
        'ce-Source': '/s',
        'Ce-Type': '"order.placed.v1"',
        'ce-correlationID': '"Größe 50%25"',
      },
      ORDER,
    ],
    [
      'in structured mode',
      { 'Content-Type': 'application/cloudevents+json; charset=utf-8' },
      JSON.stringify({ ...EVENT, correlationid: 'Größe 50%', tenant: 7 }),
    ],
    [
      'in structured mode without any header, its data in base64',
      {},
      JSON.stringify({ ...EVENT, data: undefined, data_base64: btoa(ORDER), correlationid: 'Größe 50%' }),
    ],
  ])('%s', async (_what, headers, body) => {
    await stage.put(stage.subjectOf(OrderPlaced), headers, body);
    await settled();
    expect(await stage.deadLetters()).toEqual([]);
    expect(handled).toHaveLength(1);
    const [order, context] = handled[0] ?? [];
    expect(order).toEqual({ orderId: '1' });
    expect(context).toMatchObject({ id: 'a', source: '/s', type: 'order.placed.v1', flowId: 'Größe 50%' });
  });

  it('with fields, attributes and headers that nobody knows here', async () => {
    const headers = {
      ...REQUIRED,
      'ce-tenant': 'a',
      'ce-Not_A_Name': 'b',
      'x-own': 'c',
      'content-encoding': 'none',
    };
    const later = { orderId: '1', later: { deep: [{ unknown: null }] } };
    await stage.put(stage.subjectOf(OrderPlaced), headers, JSON.stringify(later));
    await settled();
    expect(handled.map(([order]) => order)).toEqual([later]);
  });
});

describe('bytes that are not UTF-8', () => {
  const put = (line: string, body: string) =>
    stage.putRaw(
      stage.subjectOf(OrderPlaced),
      `NATS/1.0\r\nce-specversion: 1.0\r\nce-id: 1\r\nce-source: /s\r\nce-type: order.placed.v1\r\n${line}\r\n\r\n`,
      body,
    );
  const theLetter = async () => {
    await until('it is dead-lettered', async () => (await stage.deadLetters()).length === 1);
    await settled();
    const [letter] = await stage.deadLetters();
    const text = decodeURI(letter?.header.get('x-dlq-violations') ?? '{}');
    const violations = (JSON.parse(text) as { shown: { path: string; rule: string }[] }).shown;
    return { letter, violations: violations.map(({ path, rule }) => [path, rule]) };
  };
  const BODY = '{"orderId":"1"}';

  it.each<[string, string, string, string]>([
    ['an attribute in Latin-1', 'ce-subject: Z\xfcrich', 'ce-subject', 'Z%FCrich'],
    ['an overlong slash in an attribute', 'ce-subject: a\xc0\xafb', 'ce-subject', 'a%C0%AFb'],
    ['a surrogate in a header that is no attribute', 'x-own: \xed\xa0\x80', 'x-own', '%ED%A0%80'],
    ['a name', 'x-\xff: 1', 'x-%FF', '1'],
  ])(
    'in the headers (%s) are dead-lettered at once, and told in the copy',
    async (_what, line, name, value) => {
      await put(line, BODY);
      const { letter, violations } = await theLetter();
      expect(letter?.header.get('x-dead-letter-reason')).toBe('contract-invalid');
      expect(violations).toEqual([['', 'utf8']]);
      expect(letter?.header.get(name)).toBe(value);
      expect(letter?.header.get('ce-id')).toBe('1');
      expect(letter?.string()).toBe(BODY);
      expect(handled).toEqual([]);
    },
  );

  it.each([
    ['an overlong quote', '{"orderId":\xc0\xa21"}'],
    ['an overlong character in a text', '{"orderId":"\xe0\x80\xaf"}'],
    ['a surrogate', '{"orderId":"\xed\xa0\x80"}'],
    ['a byte beyond Unicode', '{"orderId":"\xf5\x80\x80\x80"}'],
    ['a character that is cut', '{"orderId":"\xe2\x82"}'],
  ])('in the body (%s) are dead-lettered at once, as they are', async (_what, body) => {
    await put('x-own: a', body);
    const { letter, violations } = await theLetter();
    expect(letter?.header.get('x-dead-letter-reason')).toBe('contract-invalid');
    expect(violations).toEqual([['', 'utf8']]);
    expect(Buffer.from(letter?.data ?? []).toString('latin1')).toBe(body);
    expect(handled).toEqual([]);
  });

  it('in an attribute that says them percent-encoded are dead-lettered, naming it', async () => {
    await put('ce-subject: a%C0%AFb', BODY);
    const { letter, violations } = await theLetter();
    expect(letter?.header.get('x-dead-letter-reason')).toBe('contract-invalid');
    expect(violations).toEqual([['/subject', 'utf8']]);
    expect(handled).toEqual([]);
  });
});
