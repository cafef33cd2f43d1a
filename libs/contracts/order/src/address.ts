import { IsISO31661Alpha2, IsString, IsUppercase, Length } from 'class-validator';

/** Where parcels go. */
export class Address {
  @IsString()
  @Length(1, 200)
  street!: string;

  @IsString()
  @Length(1, 100)
  city!: string;

  @IsString()
  @Length(1, 20)
  postalCode!: string;

  /** ISO 3166-1 alpha-2, upper case: `DE`. */
  @IsISO31661Alpha2()
  @IsUppercase()
  country!: string;
}
