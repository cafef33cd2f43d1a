import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { Matches } from 'class-validator';

/** The other end of a parcel's way: whoever sent it has it again. */
@Contract({
  type: 'parcel.returned',
  version: 1,
  kind: 'event',
  owner: 'carrier',
  description: 'A parcel could not be handed over and went back to whoever sent it.',
})
export class ParcelReturned {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsIdentifier()
  @BusinessKey()
  @Example('par-1')
  parcelId!: string;

  /** `address-unknown`; a consumer lets pass what it does not know. */
  @Matches(/^[a-z][a-z0-9-]{0,63}$/)
  @Example('address-unknown')
  reason!: string;
}
