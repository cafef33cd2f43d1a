import { Example } from '@troupe/contract';
import { IsInt, Max, Min } from 'class-validator';
import { IsSku } from './identifier.ts';

/** Lines that one order may have. */
export const MOST_LINES = 10_000;

/** Pieces that one line of an order may ask for. */
export const MOST_PER_LINE = 1_000_000;

/** Some pieces of one product. */
export class Item {
  @IsSku()
  @Example('TENT-2P')
  sku!: string;

  /** Whole, from 1. Lines of one product may have been added up. */
  @IsInt()
  @Min(1)
  @Max(MOST_LINES * MOST_PER_LINE)
  @Example(1)
  quantity!: number;
}

/** One line of an order. */
export class OrderLine {
  @IsSku()
  @Example('TENT-2P')
  sku!: string;

  /** Whole, from 1. */
  @IsInt()
  @Min(1)
  @Max(MOST_PER_LINE)
  @Example(1)
  quantity!: number;

  /** Price of one piece, in minor units of the order's currency; 0 for a gift. */
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  @Example(21_900)
  unitPrice!: number;
}
