import 'reflect-metadata';
import { Contract } from '@troupe/contract';
import { IsInt, IsOptional, IsString } from 'class-validator';

@Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'storefront' })
export class OrderPlaced {
  @IsString()
  orderId!: string;

  @IsOptional()
  @IsString()
  note?: string;
}

@Contract({ type: 'payment.authorized', version: 1, kind: 'event', owner: 'payments' })
export class PaymentAuthorized {
  @IsString()
  orderId!: string;

  @IsInt()
  amount!: number;
}

@Contract({
  type: 'parcel.dispatched',
  version: 2,
  kind: 'event',
  owner: 'shipping',
  partitionKey: 'warehouse',
})
export class ParcelDispatched {
  @IsOptional()
  @IsString()
  warehouse?: string;
}

@Contract({ type: 'item.pick', version: 1, kind: 'command', owner: 'picking' })
export class PickItem {
  @IsString()
  sku!: string;
}
