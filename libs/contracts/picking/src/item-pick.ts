import { IsIdentifier, IsSku, MOST_LINES, MOST_PER_LINE } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';

/** Fetch the pieces of one line, and bring them to a packing station. */
@Contract({
  type: 'item.pick',
  version: 1,
  kind: 'command',
  owner: 'picking',
  description: 'The pieces of one line are to be fetched and brought to a packing station.',
})
export class ItemPick {
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

  @IsSku()
  @Example('TENT-2P')
  sku!: string;

  /** Whole, from 1: all of them, or none. */
  @IsInt()
  @Min(1)
  @Max(MOST_LINES * MOST_PER_LINE)
  @Example(1)
  quantity!: number;

  /** Address of the station. */
  @IsString()
  @Length(1, 100)
  @Example('hall-1/bay-04')
  bringTo!: string;
}
