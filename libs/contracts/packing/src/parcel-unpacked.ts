import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** The parcel is no more; a label of it is void. */
@Contract({
  type: 'parcel.unpacked',
  version: 1,
  kind: 'event',
  owner: 'packing',
  description: 'A parcel is unpacked, and its label void.',
})
export class ParcelUnpacked {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('box-1')
  parcelId!: string;
}
