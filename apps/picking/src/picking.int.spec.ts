import { ItemPick, ItemPicked, ItemRestock } from '@shop/contracts-picking';
import { Inbox } from '@troupe/inbox';
import { type AppHarness, appHarness, startBroker, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PickingModule } from './picking.module.ts';
import { wish } from './picks.spec.support.ts';

describe('picking', () => {
  let broker: TestBroker;
  let picking: AppHarness;

  beforeAll(async () => {
    broker = await startBroker();
    picking = await appHarness(PickingModule, { broker });
  });
  afterAll(async () => {
    await picking?.stop();
    await broker?.stop();
  });

  it('answers a command with the pieces, and the opposite one with the pieces back', async () => {
    await picking.publish(ItemPick, wish(), { flowId: 'there and back' });
    const [, picked] = await picking.events('there and back', { until: 2 });
    expect(picked?.type).toBe('item.picked.v1');
    const { fulfilmentId, pickId } = (picked?.data ?? {}) as ItemPicked;

    await picking.publish(ItemRestock, { fulfilmentId, pickId }, { flowId: 'there and back' });
    const types = (await picking.events('there and back', { until: 4 })).map(({ type }) => type);
    expect(types).toEqual(['item.pick.v1', 'item.picked.v1', 'item.restock.v1', 'item.restocked.v1']);
    const back = 'SELECT pick_id FROM picks WHERE restocked_at IS NOT NULL';
    expect(await picking.app.get(Inbox).database.query(back)).toEqual([{ pick_id: pickId }]);
  });

  it('says what is missing', async () => {
    await picking.publish(ItemPick, wish({ sku: 'LANTERN-9' }), { flowId: 'missing' });
    const types = (await picking.events('missing', { until: 2 })).map(({ type }) => type);
    expect(types).toEqual(['item.pick.v1', 'item.missing.v1']);
  });
});
