import 'reflect-metadata';
import { Contract } from '@troupe/contract';
import { IsString } from 'class-validator';
import type { Choreography } from './model/choreography.ts';

@Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'storefront' })
export class OrderPlaced {
  @IsString()
  orderId!: string;
}

@Contract({ type: 'payment.authorized', version: 1, kind: 'event', owner: 'payments' })
export class PaymentAuthorized {
  @IsString()
  orderId!: string;
}

@Contract({ type: 'parcel.dispatched', version: 1, kind: 'event', owner: 'shipping' })
export class ParcelDispatched {
  @IsString()
  orderId!: string;
}

/** Orders are paid by one app and shipped by another. */
export const SHOP: Choreography = {
  format: 1,
  contracts: ['order.placed.v1', 'payment.authorized.v1', 'parcel.dispatched.v1'].map((id) => ({
    id,
    kind: 'event',
  })),
  apps: [
    {
      app: 'storefront',
      steps: [],
      flows: [{ starts: 'order.placed.v1', ends: ['parcel.dispatched.v1'], within: '1h' }],
    },
    {
      app: 'payments',
      flows: [],
      steps: [
        {
          step: 'payments__authorize',
          consumes: ['order.placed.v1'],
          emits: ['payment.authorized.v1'],
          from: 'beginning',
        },
      ],
    },
    {
      app: 'shipping',
      flows: [],
      steps: [
        {
          step: 'shipping__dispatch',
          consumes: ['payment.authorized.v1'],
          emits: ['parcel.dispatched.v1'],
          from: 'beginning',
        },
      ],
    },
  ],
};
