import { Customer, IsIdentifier, IsSku, MOST_LINES, MOST_PER_LINE, Money } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsObject,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

/** A product of which there is not enough. */
export class Shortage {
  @IsSku()
  @Example('LANTERN-9')
  sku!: string;

  @IsInt()
  @Min(1)
  @Max(MOST_LINES * MOST_PER_LINE)
  @Example(1)
  wanted!: number;

  /** Less than what is wanted; 0 for a product that is not known. */
  @IsInt()
  @Min(0)
  @Max(MOST_LINES * MOST_PER_LINE)
  @Example(0)
  available!: number;
}

/** What was paid for an order that cannot be delivered. */
export class Payment {
  @IsIdentifier()
  @Example('pay-1')
  paymentId!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Money)
  amount!: Money;
}

/** Something that was ordered is not there: nothing of the order is set aside, and its payment is to be given back. */
@Contract({
  type: 'stock.short',
  version: 1,
  kind: 'event',
  owner: 'inventory',
  description: 'A product of an order is not in stock; nothing is set aside.',
})
export class StockShort {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Payment)
  payment!: Payment;

  @IsObject()
  @ValidateNested()
  @Type(() => Customer)
  customer!: Customer;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => Shortage)
  shortages!: Shortage[];
}
