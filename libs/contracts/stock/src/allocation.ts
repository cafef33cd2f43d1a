import { Item, MOST_LINES } from '@shop/contracts-order';
import { Example } from '@troupe/contract';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, Matches, ValidateNested } from 'class-validator';

/** What one warehouse gives to an order. */
export class Allocation {
  /** Its name: `east`. */
  @Matches(/^[a-z][a-z0-9-]{0,31}$/)
  @Example('east')
  warehouse!: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => Item)
  lines!: Item[];
}
