import { Example } from '@troupe/contract';
import { IsInt, IsISO4217CurrencyCode, IsUppercase, Max, Min } from 'class-validator';

/** An amount of money. */
export class Money {
  /** In minor units of the currency (cents), whole, from 0. */
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  @Example(21_900)
  amount!: number;

  /** ISO 4217, upper case: `EUR`. */
  @IsISO4217CurrencyCode()
  @IsUppercase()
  @Example('EUR')
  currency!: string;
}
