import { Example, Sensitive } from '@troupe/contract';
import { IsEmail, IsString, Length, MaxLength } from 'class-validator';

/** Who ordered, and where they are told what happens. */
export class Customer {
  @IsString()
  @Length(1, 200)
  @Sensitive()
  @Example('Ada Example')
  name!: string;

  @IsEmail()
  @MaxLength(254)
  @Sensitive()
  @Example('ada@example.com')
  email!: string;
}
