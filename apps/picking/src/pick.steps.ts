import { Injectable } from '@nestjs/common';
import { ItemMissing, ItemPick, ItemPicked, ItemRestock, ItemRestocked } from '@shop/contracts-picking';
import { Inbox, type Transaction } from '@troupe/inbox';
import { type Next, next, Step, type StepContext } from '@troupe/nest';
import { pick, restock } from './shelves.ts';

/** Does what it is told, and says what came of it; whoever tells it is unknown here. */
@Injectable()
export class PickSteps {
  @Step({
    on: ItemPick,
    emits: [ItemPicked, ItemMissing],
    from: 'beginning',
    within: '30s',
    effects: Inbox,
  })
  async pick(
    { fulfilmentId, line, sku, quantity }: ItemPick,
    context: StepContext,
    transaction: Transaction,
  ): Promise<Next<ItemPicked> | Next<ItemMissing>> {
    const pickId = `pick_${context.idempotencyKey}`;
    const available = await pick(transaction, { pickId, fulfilmentId, line, sku, quantity });
    if (available !== undefined) {
      return next(ItemMissing, { fulfilmentId, line, sku, wanted: quantity, available });
    }
    return next(ItemPicked, { fulfilmentId, line, pickId, sku, quantity });
  }

  @Step({ on: ItemRestock, emits: [ItemRestocked], from: 'beginning', within: '30s', effects: Inbox })
  async restock(
    { fulfilmentId, pickId }: ItemRestock,
    _context: StepContext,
    transaction: Transaction,
  ): Promise<Next<ItemRestocked>> {
    await restock(transaction, pickId);
    return next(ItemRestocked, { fulfilmentId, pickId });
  }
}
