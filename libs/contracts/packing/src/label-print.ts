import { Address, IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example, Sensitive } from '@troupe/contract';
import { Type } from 'class-transformer';
import { IsObject, IsString, Length, ValidateNested } from 'class-validator';

/** Print the label of a parcel, and stick it on. The station is free then. */
@Contract({
  type: 'label.print',
  version: 1,
  kind: 'command',
  owner: 'packing',
  description: 'The label of a parcel is to be printed.',
})
export class LabelPrint {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('box-1')
  parcelId!: string;

  /** Whose name stands on it. */
  @IsString()
  @Length(1, 200)
  @Sensitive()
  @Example('Ada Example')
  recipient!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Address)
  deliverTo!: Address;
}
