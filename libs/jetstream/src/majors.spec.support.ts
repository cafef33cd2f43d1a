import { Contract, Upcast } from '@troupe/contract';
import { IsOptional, IsString } from 'class-validator';
import { OrderPlaced } from './contracts.spec.support.ts';

/** Two majors later than order.placed.v1: the note became a list, then got a language. */
@Contract({ type: 'order.placed', version: 2, kind: 'event', owner: 'storefront' })
export class OrderPlacedV2 {
  @IsString()
  orderId!: string;

  @IsString({ each: true })
  notes!: string[];

  @Upcast(OrderPlaced)
  static fromV1({ note, ...rest }: OrderPlaced): OrderPlacedV2 {
    if (note === 'unspeakable') throw new RangeError('that cannot be a note');
    return {
      ...rest,
      notes: note === 'not-text' ? [1 as unknown as string] : note === undefined ? [] : [note],
    };
  }
}

@Contract({ type: 'order.placed', version: 3, kind: 'event', owner: 'storefront' })
export class OrderPlacedV3 {
  @IsString()
  orderId!: string;

  @IsString({ each: true })
  notes!: string[];

  @IsOptional()
  @IsString()
  language?: string;

  @Upcast(OrderPlacedV2)
  static fromV2(message: OrderPlacedV2): OrderPlacedV3 {
    return { ...message, language: 'en' };
  }
}
