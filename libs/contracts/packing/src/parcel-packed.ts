import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** Everything is in the parcel, which stands at the station. */
@Contract({
  type: 'parcel.packed',
  version: 1,
  kind: 'event',
  owner: 'packing',
  description: 'A parcel is packed.',
})
export class ParcelPacked {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('box-1')
  parcelId!: string;
}
