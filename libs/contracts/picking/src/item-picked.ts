import { IsIdentifier, IsSku, MOST_LINES, MOST_PER_LINE } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { IsInt, Max, Min } from 'class-validator';

/** All pieces of a line are at the packing station. */
@Contract({
  type: 'item.picked',
  version: 1,
  kind: 'event',
  owner: 'picking',
  description: 'The pieces of one line are at the packing station.',
})
export class ItemPicked {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  /** Which line it is, counted from 1. */
  @IsInt()
  @Min(1)
  @Max(MOST_LINES)
  @Example(1)
  line!: number;

  /** Names these very pieces, should they have to go back. */
  @IsIdentifier()
  @Example('pick-1')
  pickId!: string;

  @IsSku()
  @Example('TENT-2P')
  sku!: string;

  @IsInt()
  @Min(1)
  @Max(MOST_LINES * MOST_PER_LINE)
  @Example(1)
  quantity!: number;
}
