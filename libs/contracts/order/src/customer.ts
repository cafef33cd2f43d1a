import { IsEmail, IsString, Length, MaxLength } from 'class-validator';

/** Who ordered, and where they are told what happens. */
export class Customer {
  @IsString()
  @Length(1, 200)
  name!: string;

  @IsEmail()
  @MaxLength(254)
  email!: string;
}
