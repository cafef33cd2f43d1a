import { IsIdentifier, IsSku, MOST_LINES, MOST_PER_LINE } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { IsInt, Max, Min } from 'class-validator';

/** There are not enough pieces on the shelf: none of the line was taken. */
@Contract({
  type: 'item.missing',
  version: 1,
  kind: 'event',
  owner: 'picking',
  description: 'The pieces of one line are not on the shelf; none was taken.',
})
export class ItemMissing {
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
  @Example('LANTERN-9')
  sku!: string;

  @IsInt()
  @Min(1)
  @Max(MOST_LINES * MOST_PER_LINE)
  @Example(1)
  wanted!: number;

  /** Less than what is wanted; 0 for a product that is not known. */
  @IsInt()
  @Min(0)
  @Max(MOST_LINES * MOST_PER_LINE)
  @Example(0)
  available!: number;
}
