import { Address, Customer, IsIdentifier, Item, MOST_LINES, Money } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject, ValidateNested } from 'class-validator';

/** The provider holds the money of an order: it may be prepared. */
@Contract({
  type: 'payment.authorized',
  version: 1,
  kind: 'event',
  owner: 'payments',
  description: 'The payment provider authorized the payment of an order.',
})
export class PaymentAuthorized {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsIdentifier()
  @Example('pay-1')
  paymentId!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Money)
  amount!: Money;

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
  @Type(() => Item)
  lines!: Item[];
}
