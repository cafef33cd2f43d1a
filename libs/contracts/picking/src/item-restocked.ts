import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** Picked pieces lie on their shelf again. */
@Contract({
  type: 'item.restocked',
  version: 1,
  kind: 'event',
  owner: 'picking',
  description: 'Picked pieces lie on their shelf again.',
})
export class ItemRestocked {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('pick-1')
  pickId!: string;
}
