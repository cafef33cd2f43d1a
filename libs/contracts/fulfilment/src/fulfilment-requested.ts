import { Address, IsIdentifier, Item, MOST_LINES } from '@shop/contracts-order';
import { BusinessKey, Contract, Example, Sensitive } from '@troupe/contract';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';

/** An order is to be picked, packed and labelled. It opens the flow of the fulfilment. */
@Contract({
  type: 'fulfilment.requested',
  version: 1,
  kind: 'event',
  owner: 'fulfilment',
  description: 'An order is to be picked, packed and labelled.',
})
export class FulfilmentRequested {
  /** Chosen by whoever asks: the same id is the same fulfilment. */
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

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

  /** Each is picked by itself. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => Item)
  lines!: Item[];

  /** What becomes of the others when a line cannot be picked: they are sent as they are, or none is. */
  @IsIn(['partial', 'cancel'])
  @Example('partial')
  whenMissing!: 'partial' | 'cancel';
}
