import { BusinessKey, Contract, Example, Sensitive } from '@troupe/contract';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsObject,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { Address } from './address.ts';
import { Customer } from './customer.ts';
import { IsIdentifier } from './identifier.ts';
import { MOST_LINES, OrderLine } from './line.ts';
import { Money } from './money.ts';

/** A customer placed an order. It opens the flow of the order. */
@Contract({
  type: 'order.placed',
  version: 1,
  kind: 'event',
  owner: 'storefront',
  description: 'A customer placed an order.',
})
export class OrderPlaced {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Customer)
  customer!: Customer;

  @IsObject()
  @ValidateNested()
  @Type(() => Address)
  deliverTo!: Address;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  lines!: OrderLine[];

  /** The sum of all lines. */
  @IsObject()
  @ValidateNested()
  @Type(() => Money)
  total!: Money;

  /** What the payment provider gave the customer for this payment; stands for the card. */
  @IsString()
  @Length(1, 255)
  @Sensitive()
  @Example('tok_visa')
  paymentToken!: string;
}
