import { IsIdentifier, MOST_LINES } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { ArrayMaxSize, IsArray, IsInt, Max, Min } from 'class-validator';

/** A labelled parcel stands ready for the carrier. It holds the whole order, or what could be picked of it. */
@Contract({
  type: 'order.fulfilled',
  version: 1,
  kind: 'event',
  owner: 'fulfilment',
  description: 'An order is packed and labelled, whole or in part.',
})
export class OrderFulfilled {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @BusinessKey()
  @Example('o-1001')
  orderId!: string;

  @IsIdentifier()
  @Example('box-1')
  parcelId!: string;

  @IsIdentifier()
  @Example('lbl-1')
  labelNumber!: string;

  /** Lines of the request that are not in the parcel, counted from 1; none when the order is whole. */
  @IsArray()
  @ArrayMaxSize(MOST_LINES)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(MOST_LINES, { each: true })
  @Example([])
  missing!: number[];
}
