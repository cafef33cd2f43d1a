import { randomUUID } from 'node:crypto';
import { ItemPick, type ItemPicked, ItemRestock } from '@shop/contracts-picking';
import type { ContractClass } from '@troupe/contract';
import { embeddedDatabase, IN_MEMORY, Inbox } from '@troupe/inbox';
import { TerminalError } from '@troupe/nest';
import { stepHarness } from '@troupe/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { PickSteps } from './pick.steps.ts';
import { wish } from './picks.spec.support.ts';
import { migrations } from './shelves.ts';

const inbox = new Inbox(embeddedDatabase(IN_MEMORY), { app: 'picking', migrations: migrations(10) });
const { database } = inbox;
afterAll(() => inbox.close());
beforeEach(async () => {
  await inbox.prepare();
  await database.query('DELETE FROM picks');
  await database.query("UPDATE shelves SET units = 10 WHERE sku <> 'LANTERN-9'");
});

/** A command of its own each time, unless the id says that it comes again. */
async function told(method: 'pick' | 'restock', data: object, id: string = randomUUID()) {
  const providers = [PickSteps, { provide: Inbox, useValue: inbox }];
  const harness = await stepHarness({ providers, step: [PickSteps, method] });
  return harness.given<ContractClass<object>>(method === 'pick' ? ItemPick : ItemRestock, data, { id });
}
const stoves = async (): Promise<number | undefined> => {
  const rows = await database.query<{ units: number }>("SELECT units FROM shelves WHERE sku = 'STOVE-1'");
  return rows[0]?.units;
};

describe('pick', () => {
  it('takes the pieces from the shelf, and says which they are', async () => {
    const [picked] = await told('pick', wish());
    expect(picked).toMatchObject({
      type: 'item.picked.v1',
      data: { fulfilmentId: 'f-1001', line: 1, sku: 'STOVE-1', quantity: 2 },
    });
    expect(await stoves()).toBe(8);
    expect(await database.query('SELECT pick_id, fulfilment_id, line, units FROM picks')).toEqual([
      { pick_id: ((picked?.data ?? {}) as ItemPicked).pickId, fulfilment_id: 'f-1001', line: 1, units: 2 },
    ]);
  });

  it('takes nothing again for a command that is delivered again', async () => {
    expect(await told('pick', wish(), 'again')).toHaveLength(1);
    expect(await told('pick', wish(), 'again')).toEqual([]);
    expect(await stoves()).toBe(8);
  });

  it.each([
    ['too few are there', 'STOVE-1', 11, 10],
    ['there is never one', 'LANTERN-9', 1, 0],
    ['nobody knows it', 'SOFA', 1, 0],
  ])('takes nothing when %s', async (_, sku, quantity, available) => {
    expect(await told('pick', wish({ sku, quantity }))).toMatchObject([
      { type: 'item.missing.v1', data: { line: 1, sku, wanted: quantity, available } },
    ]);
    expect(await database.query('SELECT * FROM picks')).toEqual([]);
    expect(await stoves()).toBe(10);
  });
});

describe('restock', () => {
  const picked = async (): Promise<ItemRestock> => {
    const [answer] = await told('pick', wish());
    const { fulfilmentId, pickId } = (answer?.data ?? {}) as ItemPicked;
    return { fulfilmentId, pickId };
  };

  it('puts the pieces of a pick back on their shelf', async () => {
    const pick = await picked();
    expect(await told('restock', pick)).toMatchObject([{ type: 'item.restocked.v1', data: pick }]);
    expect(await stoves()).toBe(10);
  });

  it('puts them back once, whoever asks again', async () => {
    const pick = await picked();
    for (const answer of [await told('restock', pick), await told('restock', pick)]) {
      expect(answer).toMatchObject([{ data: pick }]);
    }
    expect(await stoves()).toBe(10);
  });

  it('refuses what was never picked', async () => {
    const unknown = { fulfilmentId: 'f-1001', pickId: 'pick-none' };
    await expect(told('restock', unknown)).rejects.toThrow(TerminalError);
  });
});
