import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RetryAfter, TerminalError } from '../errors.ts';
import { OrderPlaced, until } from '../fixtures.spec.support.ts';
import { AUTHOR, all, Surgery } from './surgery.spec.support.ts';

let server: NatsServer;
let surgery: Surgery;
let seen: object[];
let fault: (() => Error) | undefined;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  seen = [];
  fault = () => new TerminalError('not now');
  surgery = await Surgery.on(server, {
    handle: (order) => {
      seen.push(order);
      if (fault !== undefined) throw fault();
    },
  });
});

// Spaces, order, a number that no double holds: what a parser would not give back.
const BODY = '{ "later": {"deep": [1.0, 12345678901234567890]}, "orderId": "1" }';
const HEADERS = { 'ce-tenant': 'a%20b', 'x-own': 'grüße' };

type Copy = { readonly data: Uint8Array; readonly header: { get(name: string): string } } | undefined;

function expectWhole(copy: Copy): void {
  expect(Buffer.from(copy?.data ?? []).toString()).toBe(BODY);
  for (const [name, value] of Object.entries(HEADERS)) expect(copy?.header.get(name)).toBe(value);
}

describe('what nobody knows of a message', () => {
  it('is kept in a dead letter and in its redrive, and reaches the handler again', async () => {
    await surgery.stage.order('1', HEADERS, BODY);
    await until('it is dead-lettered', async () => (await surgery.stage.deadLetters()).length === 1);
    expectWhole((await surgery.stage.deadLetters())[0]);
    fault = undefined;
    await surgery.letters.redrive({ filter: {} }, AUTHOR);
    expectWhole((await surgery.redriven())[0]);
    expect(seen).toEqual([JSON.parse(BODY), JSON.parse(BODY)]);
  });

  it('is kept while a retry waits', async () => {
    fault = () => new RetryAfter(60_000);
    await surgery.stage.order('1', HEADERS, BODY);
    const { names } = surgery.stage;
    const waiting = () => surgery.stage.stored(names.delayed('shop'), names.scheduleSubject('shop', '*'));
    await until('it waits', async () => (await waiting()).length === 1);
    expectWhole((await waiting())[0]);
  });

  it('is kept by an edit, where the editor leaves it', async () => {
    await surgery.stage.order('1', HEADERS, BODY);
    await until('it is dead-lettered', async () => (await surgery.stage.deadLetters()).length === 1);
    fault = undefined;
    const [letter] = await all(surgery.letters.list({}));
    const { body } = await surgery.letters.show(letter?.seq ?? 0);
    const data = { ...((body.kind === 'json' ? body.value : undefined) as object), orderId: '2' };
    await surgery.letters.edit(letter?.seq ?? 0, { ...AUTHOR, data, violationsOf: () => [] });
    const [sent] = await surgery.redriven();
    expect(sent?.json()).toEqual({ ...JSON.parse(BODY), orderId: '2' });
    expect(sent?.header.get('ce-tenant')).toBe('a%20b');
    expect(sent?.header.get('x-own')).toBe('grüße');
    expect(seen.at(-1)).toEqual({ ...JSON.parse(BODY), orderId: '2' });
  });

  it('may be bytes that are no text: the message is set aside, and its redrive says them percent-encoded', async () => {
    fault = undefined;
    const head = 'NATS/1.0\r\nce-specversion: 1.0\r\nce-id: 1\r\nce-source: /s\r\nce-type: order.placed.v1';
    const { stage } = surgery;
    await stage.putRaw(stage.subjectOf(OrderPlaced), `${head}\r\nx-own: gr\xfc\xdfe\r\n\r\n`, BODY);
    await until('both steps set it aside', async () => (await stage.deadLetters()).length === 2);
    expect(seen).toEqual([]);
    await surgery.letters.redrive({ filter: { step: 'authorize' } }, AUTHOR);
    const [sent] = await surgery.redriven();
    expect(sent?.header.get('x-own')).toBe('gr%FC%DFe');
    expect(seen).toEqual([JSON.parse(BODY)]);
  });
});
