import { Address, IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { Type } from 'class-transformer';
import { IsObject, IsString, Length, ValidateNested } from 'class-validator';

/** A parcel lies in the van that brings it. */
@Contract({
  type: 'parcel.sorted',
  version: 1,
  kind: 'event',
  owner: 'carrier',
  description: 'A depot sorted a parcel onto the route that brings it.',
})
export class ParcelSorted {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsIdentifier()
  @BusinessKey()
  @Example('par-1')
  parcelId!: string;

  /** Country and postal code that the van goes to. */
  @IsString()
  @Length(1, 100)
  @Example('US-12345')
  route!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Address)
  deliverTo!: Address;
}
