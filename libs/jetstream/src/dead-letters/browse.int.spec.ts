import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshPrefix, until } from '../fixtures.spec.support.ts';
import { DeadLetterNotFoundError, DeadLettersMissingError } from './errors.ts';
import type { LetterFilter } from './filter.ts';
import { groupsOf } from './group.ts';
import { AUTHOR, all, lettersOf, Surgery } from './surgery.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

describe('the list of dead letters', () => {
  let surgery: Surgery;

  /** Letters 1 to 5: two orders that `authorize` refused, in flow f; noise that both steps refused; one at last. */
  async function fill(): Promise<string> {
    surgery = await Surgery.on(server);
    await surgery.stage.order('1', { 'ce-correlationid': 'f' });
    await until('it is there', async () => (await surgery.stage.deadLetters()).length === 1);
    await surgery.stage.order('2', { 'ce-correlationid': 'f' });
    await until('it is there', async () => (await surgery.stage.deadLetters()).length === 2);
    await surgery.stage.order('3', {}, 'noise');
    await until('both are there', async () => (await surgery.stage.deadLetters()).length === 4);
    const [, second] = await surgery.stage.deadLetters();
    await surgery.deadLetter('5');
    return second?.time.toISOString() ?? '';
  }

  it('is filtered by app, step, reason, type, flow, fingerprint and time', async () => {
    const second = await fill();
    const orders = async (filter: LetterFilter): Promise<(string | undefined)[]> =>
      (await all(surgery.letters.list(filter))).map(({ event }) => event.id).sort();
    expect(await orders({})).toEqual(['1', '2', '3', '3', '5']);
    expect(await orders({ app: 'shop' })).toHaveLength(5);
    expect(await orders({ app: 'other' })).toEqual([]);
    expect(await orders({ step: 'authorize' })).toEqual(['1', '2', '3', '5']);
    expect(await orders({ reason: 'contract-invalid' })).toEqual(['3', '3']);
    expect(await orders({ type: 'order.placed.v1' })).toHaveLength(5);
    expect(await orders({ type: 'order.placed.v2' })).toEqual([]);
    expect(await orders({ flowId: 'f' })).toEqual(['1', '2']);
    expect(await orders({ since: second })).toEqual(['2', '3', '3', '5']);
    expect(await orders({ until: second })).toEqual(['1']);
    expect(await orders({ since: second, step: 'authorize', reason: 'terminal-error' })).toEqual(['2', '5']);
    const [first] = await all(surgery.letters.list());
    expect(await orders({ fingerprint: first?.fingerprint })).toEqual(['1', '2', '5']);
  });

  it('is grouped by fingerprint with counts, times and a sample', async () => {
    await fill();
    const letters = await all(surgery.letters.list());
    const { groups, beyond } = await surgery.letters.groups();
    expect(beyond).toBe(0);
    expect(groups.map(({ count }) => count)).toEqual([3, 1, 1]);
    expect(groups[0]).toEqual({
      fingerprint: letters[0]?.fingerprint,
      count: 3,
      firstAt: letters[0]?.at,
      lastAt: letters[4]?.at,
      app: 'shop',
      step: 'authorize',
      reason: 'terminal-error',
      type: 'order.placed.v1',
      error: { type: 'TROUPE_TERMINAL', message: 'no provider for 5' },
      sample: 5,
    });
    const few = await groupsOf(surgery.letters.list(), 1);
    expect(few.groups).toHaveLength(1);
    expect(few.beyond).toBe(2);
  });

  it('is read page by page to its end', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...Array.from({ length: 600 }, (_, n) => `order-${n}`));
    const letters = await all(surgery.letters.list());
    expect(letters.map(({ seq }) => seq)).toEqual(Array.from({ length: 600 }, (_, n) => n + 1));
  });

  it('tells type and flow of a message in structured mode too', async () => {
    const surgery = await Surgery.on(server);
    const event = {
      specversion: '1.0',
      id: '7',
      source: '/f',
      type: 'order.placed.v1',
      correlationid: 'flow-7',
    };
    const body = JSON.stringify({ ...event, data: { orderId: '7' } });
    const subject = `${surgery.stage.prefix}.evt.order.placed.v1.3`;
    await surgery.stage.put(subject, { 'content-type': 'application/cloudevents+json' }, body);
    await until('it is there', async () => (await surgery.stage.deadLetters()).length === 1);
    expect(await all(surgery.letters.list({ type: 'order.placed.v1', flowId: 'flow-7' }))).toHaveLength(1);
    surgery.broken = false;
    await surgery.letters.redrive({ filter: {} }, AUTHOR);
    expect(surgery.authorized).toEqual(['7', '7']);
    expect((await surgery.redriven())[0]?.subject).toBe(`${surgery.stage.prefix}.rdv.shop.authorize.3`);
  });
});

describe('one dead letter', () => {
  it('is shown with its context, violations, headers and its payload', async () => {
    const surgery = await Surgery.on(server);
    await surgery.stage.order('1', { 'x-own': 'grüße' }, { orderId: 1 });
    await until('they are there', async () => (await surgery.stage.deadLetters()).length === 2);
    const shown = await surgery.letters.show(1);
    expect(shown).toMatchObject({
      seq: 1,
      state: 'open',
      app: 'shop',
      reason: 'contract-invalid',
      redrives: [],
      original: { stream: surgery.stage.names.events, seq: 1 },
      event: { id: '1', source: '/foreign', type: 'order.placed.v1' },
      body: { kind: 'json', value: { orderId: 1 } },
      violations: { total: 1, shown: [{ path: '/orderId', rule: 'isString' }] },
    });
    expect(shown.headers).toContainEqual(['x-own', ['grüße']]);
  });

  it.each<[string, string | Uint8Array, unknown]>([
    ['text', 'no JSON', { kind: 'text', value: 'no JSON' }],
    ['bytes', Uint8Array.of(0xff, 0x00), { kind: 'base64', value: '/wA=' }],
  ])('has a payload that is %s as such', async (_what, body, shown) => {
    const surgery = await Surgery.on(server);
    await surgery.stage.order('1', {}, body);
    await until('they are there', async () => (await surgery.stage.deadLetters()).length === 2);
    expect((await surgery.letters.show(1)).body).toEqual(shown);
  });

  it('believes nothing that the message itself says of a redrive', async () => {
    const surgery = await Surgery.on(server);
    const forged = {
      'x-redrive-of': '1',
      'X-Redrive-Count': '7',
      'x-redrive-operation': 'o',
      'x-edited-by': 'eve',
    };
    await surgery.stage.order('1', forged);
    await until('it is there', async () => (await surgery.stage.deadLetters()).length === 1);
    const { redriveOf, redriveCount, operation, editedBy } = await surgery.letters.show(1);
    expect([redriveOf, redriveCount, operation, editedBy]).toEqual([undefined, 0, undefined, undefined]);
  });

  it('that is not there is named', async () => {
    const surgery = await Surgery.on(server);
    await expect(surgery.letters.show(17)).rejects.toThrow(DeadLetterNotFoundError);
  });
});

it('an environment without dead letters is named', async () => {
  await expect(lettersOf(server, freshPrefix())).rejects.toThrow(DeadLettersMissingError);
});
