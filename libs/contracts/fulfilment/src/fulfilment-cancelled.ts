import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { IsOptional, IsString, Matches } from 'class-validator';

/** Nothing of the order is sent: what was picked lies on its shelf again, and the packing station is free. */
@Contract({
  type: 'fulfilment.cancelled',
  version: 1,
  kind: 'event',
  owner: 'fulfilment',
  description: 'A fulfilment ended without a parcel; what was done for it is undone.',
})
export class FulfilmentCancelled {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  /** Not there when it was cancelled before it began. */
  @IsOptional()
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId?: string;

  /** A word such as `item-missing`; new ones may come. */
  @IsString()
  @Matches(/^[a-z][a-z0-9-]{0,63}$/)
  @Example('item-missing')
  reason!: string;
}
