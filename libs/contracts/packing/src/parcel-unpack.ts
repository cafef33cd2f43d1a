import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** Take everything out of a parcel again: undoes `parcel.pack`, and makes its label void. */
@Contract({
  type: 'parcel.unpack',
  version: 1,
  kind: 'command',
  owner: 'packing',
  description: 'A parcel is to be unpacked, and its label made void.',
})
export class ParcelUnpack {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('box-1')
  parcelId!: string;
}
