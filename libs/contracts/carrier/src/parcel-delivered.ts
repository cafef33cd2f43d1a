import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** The end of a parcel's way. */
@Contract({
  type: 'parcel.delivered',
  version: 1,
  kind: 'event',
  owner: 'carrier',
  description: 'A parcel was handed to whoever it is for.',
})
export class ParcelDelivered {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsIdentifier()
  @BusinessKey()
  @Example('par-1')
  parcelId!: string;
}
