import { Address, Customer, IsIdentifier, Item, MOST_LINES } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsObject,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';

/** A warehouse handed a parcel to its carrier. */
@Contract({
  type: 'parcel.dispatched',
  version: 1,
  kind: 'event',
  owner: 'shipping',
  description: 'A warehouse handed its part of an order to a carrier.',
})
export class ParcelDispatched {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsIdentifier()
  @Example('par-1')
  parcelId!: string;

  /** Its name: `east`. */
  @Matches(/^[a-z][a-z0-9-]{0,31}$/)
  @Example('east')
  warehouse!: string;

  @IsString()
  @Length(1, 100)
  @Example('Northbound Freight')
  carrier!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Customer)
  customer!: Customer;

  @IsObject()
  @ValidateNested()
  @Type(() => Address)
  deliverTo!: Address;

  /** What is in the parcel. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => Item)
  lines!: Item[];
}
