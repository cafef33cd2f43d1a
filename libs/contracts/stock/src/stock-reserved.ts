import { Address, Customer, IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject, ValidateNested } from 'class-validator';
import { Allocation } from './allocation.ts';

/** Everything that was ordered is set aside, in one warehouse or several. */
@Contract({
  type: 'stock.reserved',
  version: 1,
  kind: 'event',
  owner: 'inventory',
  description: 'All products of an order are set aside.',
})
export class StockReserved {
  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsIdentifier()
  @Example('res-1')
  reservationId!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Customer)
  customer!: Customer;

  @IsObject()
  @ValidateNested()
  @Type(() => Address)
  deliverTo!: Address;

  /** One for each warehouse. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => Allocation)
  allocations!: Allocation[];
}
