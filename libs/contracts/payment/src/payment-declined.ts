import { Customer, IsIdentifier, Money } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { Type } from 'class-transformer';
import { IsObject, IsString, Matches, ValidateNested } from 'class-validator';

/** The provider refused the payment: the order ends here. */
@Contract({
  type: 'payment.declined',
  version: 1,
  kind: 'event',
  owner: 'payments',
  description: 'The payment provider declined the payment of an order.',
})
export class PaymentDeclined {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  /** What was to be paid. */
  @IsObject()
  @ValidateNested()
  @Type(() => Money)
  amount!: Money;

  @IsObject()
  @ValidateNested()
  @Type(() => Customer)
  customer!: Customer;

  /** A word such as `card-declined`; new ones may come. */
  @IsString()
  @Matches(/^[a-z][a-z0-9-]{0,63}$/)
  @Example('card-declined')
  reason!: string;
}
