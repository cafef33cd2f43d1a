import { Customer, IsIdentifier, Money } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { Type } from 'class-transformer';
import { IsObject, IsString, Matches, ValidateNested } from 'class-validator';

/** The money of an order went back to the customer. */
@Contract({
  type: 'payment.refunded',
  version: 1,
  kind: 'event',
  owner: 'payments',
  description: 'The payment of an order was given back.',
})
export class PaymentRefunded {
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

  /** A word such as `stock-short`; new ones may come. */
  @IsString()
  @Matches(/^[a-z][a-z0-9-]{0,63}$/)
  @Example('stock-short')
  reason!: string;
}
