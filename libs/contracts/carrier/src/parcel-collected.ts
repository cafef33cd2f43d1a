import { Address, IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { Type } from 'class-transformer';
import { IsObject, IsString, Length, ValidateNested } from 'class-validator';

/** The carrier fetched a parcel, and answers for it from here on. */
@Contract({
  type: 'parcel.collected',
  version: 1,
  kind: 'event',
  owner: 'carrier',
  description: 'The carrier fetched a parcel from whoever sends it.',
})
export class ParcelCollected {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsIdentifier()
  @BusinessKey()
  @Example('par-1')
  parcelId!: string;

  /** Where the parcel is sorted. */
  @IsString()
  @Length(1, 100)
  @Example('north')
  depot!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Address)
  deliverTo!: Address;
}
