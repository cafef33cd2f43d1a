import { type NatsServer, startNatsServer } from '@troupe/broker';
import { ContractViolationError, contractOf } from '@troupe/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrderPlaced, until } from '../fixtures.spec.support.ts';
import { DeadLetterStateError, StepGoneError } from './errors.ts';
import { AUTHOR, all, lettersOf, Surgery } from './surgery.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const CHECKED = {
  ...AUTHOR,
  violationsOf: (data: object) => contractOf(OrderPlaced).violationsOfAccepted(data),
};

/** Letters 1 and 2: an order whose id is a number, refused by both steps. Resolves to the number of `authorize`'s. */
async function malformed(surgery: Surgery, headers: Record<string, string> = {}): Promise<number> {
  surgery.broken = false;
  await surgery.stage.order('1', { 'ce-correlationid': 'flow', ...headers }, { orderId: 1 });
  await until('they are there', async () => (await surgery.stage.deadLetters()).length === 2);
  const [letter] = await all(surgery.letters.list({ step: 'authorize' }));
  return letter?.seq ?? 0;
}

describe('an edited redrive', () => {
  it('is a new message, caused by the original, for the step that failed alone', async () => {
    const surgery = await Surgery.on(server);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const letter = await malformed(surgery, { traceparent });
    const before = await surgery.stage.deadLetters();
    const operation = await surgery.letters.edit(letter, { ...CHECKED, data: { orderId: '1' } });
    expect(operation).toMatchObject({ kind: 'edit', state: 'done', counts: { done: 1, failed: 0 } });
    expect(surgery.authorized).toEqual(['1']);
    expect(surgery.counted).toEqual([]);
    const [sent] = await surgery.redriven();
    const header = (name: string) => sent?.header.get(name);
    expect(sent?.json()).toEqual({ orderId: '1' });
    expect(header('ce-id')).toMatch(/^[\w-]{22}$/);
    expect(header('ce-causationid')).toBe('1');
    expect(header('ce-correlationid')).toBe('flow');
    expect(header('ce-type')).toBe('order.placed.v1');
    expect(header('traceparent')).toBe(traceparent);
    expect(header('x-edited-by')).toBe('ada');
    expect(header('x-redrive-of')).toBe(String(letter));
    expect(await surgery.stage.deadLetters()).toEqual(before);
    expect(await surgery.letters.show(letter)).toMatchObject({
      state: 'redriven',
      redrives: [{ operation: operation.id, editedId: header('ce-id'), result: 'done' }],
    });
  });

  it('that breaks its contract is refused, and nothing is sent or recorded', async () => {
    const surgery = await Surgery.on(server);
    const letter = await malformed(surgery);
    const edit = surgery.letters.edit(letter, { ...CHECKED, data: { orderId: 2 } });
    await expect(edit).rejects.toThrow(ContractViolationError);
    expect(await surgery.redriven()).toEqual([]);
    expect(await all(surgery.letters.operations())).toEqual([]);
  });

  it('may correct the type', async () => {
    const surgery = await Surgery.on(server);
    const letter = await malformed(surgery, { 'ce-type': 'order.placed.v9' });
    await surgery.letters.edit(letter, { ...CHECKED, data: { orderId: '1' }, type: 'order.placed.v1' });
    expect(surgery.authorized).toEqual(['1']);
  });

  it('that fails again is linked to the original', async () => {
    const surgery = await Surgery.on(server);
    const letter = await malformed(surgery);
    surgery.broken = true;
    const operation = await surgery.letters.edit(letter, { ...CHECKED, data: { orderId: '1' } });
    expect(operation).toMatchObject({ state: 'done', counts: { done: 1, failed: 1 } });
    expect(await all(surgery.letters.list({ step: 'authorize' }))).toMatchObject([
      { redriveOf: letter, editedBy: 'ada', redriveCount: 1 },
    ]);
  });

  it('is made once, unless it is wanted again', async () => {
    const surgery = await Surgery.on(server);
    const letter = await malformed(surgery);
    await surgery.letters.edit(letter, { ...CHECKED, data: { orderId: '1' } });
    const twice = surgery.letters.edit(letter, { ...CHECKED, data: { orderId: '2' } });
    await expect(twice).rejects.toThrow(DeadLetterStateError);
    await surgery.letters.edit(letter, { ...CHECKED, data: { orderId: '2' }, again: true });
    expect(surgery.authorized).toEqual(['1', '2']);
  });

  it('for a step that is gone is refused', async () => {
    const surgery = await Surgery.on(server);
    const letter = await malformed(surgery);
    await surgery.stage.manager.consumers.delete(surgery.stage.names.delayed('shop'), 'shop__authorize');
    const later = await lettersOf(server, surgery.stage.prefix);
    await expect(later.edit(letter, { ...CHECKED, data: { orderId: '1' } })).rejects.toThrow(StepGoneError);
  });
});
