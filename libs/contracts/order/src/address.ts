import { Example } from '@troupe/contract';
import { IsISO31661Alpha2, IsString, IsUppercase, Length } from 'class-validator';

/** Where parcels go. */
export class Address {
  @IsString()
  @Length(1, 200)
  @Example('1 Main Street')
  street!: string;

  @IsString()
  @Length(1, 100)
  @Example('Springfield')
  city!: string;

  @IsString()
  @Length(1, 20)
  @Example('12345')
  postalCode!: string;

  /** ISO 3166-1 alpha-2, upper case: `DE`. */
  @IsISO31661Alpha2()
  @IsUppercase()
  @Example('US')
  country!: string;
}
