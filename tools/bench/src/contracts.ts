import 'reflect-metadata';
import { Contract } from '@troupe/contract';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsDateString,
  IsInt,
  IsISO4217CurrencyCode,
  IsISO31661Alpha2,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

export class Customer {
  @IsString()
  @Length(1, 200)
  name!: string;

  @IsString()
  @Length(1, 64)
  customerId!: string;

  @IsISO31661Alpha2()
  country!: string;
}

export class Line {
  @IsString()
  @Length(1, 64)
  sku!: string;

  @IsString()
  @Length(1, 200)
  title!: string;

  @IsInt()
  @Min(1)
  @Max(10_000)
  quantity!: number;

  @IsInt()
  @Min(0)
  unitPrice!: number;
}

/** The fields of all four messages: the chain hands its order on. */
export class Order {
  @IsString()
  @Length(1, 64)
  orderId!: string;

  @ValidateNested()
  @Type(() => Customer)
  customer!: Customer;

  @IsDateString()
  placedAt!: string;

  @IsISO4217CurrencyCode()
  currency!: string;

  @IsInt()
  @Min(0)
  total!: number;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
}

@Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'bench' })
export class OrderPlaced extends Order {}

@Contract({ type: 'payment.authorized', version: 1, kind: 'event', owner: 'bench' })
export class PaymentAuthorized extends Order {}

@Contract({ type: 'stock.reserved', version: 1, kind: 'event', owner: 'bench' })
export class StockReserved extends Order {}

@Contract({ type: 'parcel.dispatched', version: 1, kind: 'event', owner: 'bench' })
export class ParcelDispatched extends Order {}
