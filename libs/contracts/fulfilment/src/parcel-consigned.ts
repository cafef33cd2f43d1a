import { Address, IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example, Sensitive } from '@troupe/contract';
import { Type } from 'class-transformer';
import { IsObject, IsString, Length, ValidateNested } from 'class-validator';

/** A labelled parcel was given to a carrier. It opens the flow of the carrier's work, in the fulfilment's name. */
@Contract({
  type: 'parcel.consigned',
  version: 1,
  kind: 'event',
  owner: 'fulfilment',
  description: 'A labelled parcel of a fulfilment was given to a carrier.',
})
export class ParcelConsigned {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsIdentifier()
  @BusinessKey()
  @Example('box-1')
  parcelId!: string;

  @IsIdentifier()
  @Example('lbl-1')
  labelNumber!: string;

  /** Whose name stands on the label. */
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
