import { Address, Customer, MOST_LINES, OrderLine } from '@shop/contracts-order';
import { Sensitive } from '@troupe/contract';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsISO4217CurrencyCode,
  IsObject,
  IsString,
  IsUppercase,
  Length,
  ValidateNested,
} from 'class-validator';

/** Body of `POST /orders`. */
export class PlaceOrder {
  @IsObject()
  @ValidateNested()
  @Type(() => Customer)
  customer!: Customer;

  @IsObject()
  @ValidateNested()
  @Type(() => Address)
  deliverTo!: Address;

  /** Of all prices; ISO 4217, upper case. */
  @IsISO4217CurrencyCode()
  @IsUppercase()
  currency!: string;

  @IsString()
  @Length(1, 255)
  @Sensitive()
  paymentToken!: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  lines!: OrderLine[];
}
