import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** Bring picked pieces back to their shelf: undoes `item.pick`. */
@Contract({
  type: 'item.restock',
  version: 1,
  kind: 'command',
  owner: 'picking',
  description: 'Picked pieces are to go back to their shelf.',
})
export class ItemRestock {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('pick-1')
  pickId!: string;
}
