import { Contract, contractOf } from '@troupe/contract';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsEmail,
  IsIn,
  IsInt,
  IsISO4217CurrencyCode,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

class Part {
  @IsString()
  @Length(1, 20)
  name!: string;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts?: Part[] | null;
}

/** With one of each thing that a field can be. */
@Contract({ type: 'kit.packed', version: 2, kind: 'event', owner: 'packing', description: 'A <kit> & more.' })
export class KitPacked {
  @IsString()
  @Length(3, 3)
  kitId!: string;

  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;

  @IsInt()
  @Min(1)
  @Max(9)
  count!: number;

  @IsIn(['red', 'blue'])
  colour!: string;

  @IsISO4217CurrencyCode()
  currency!: string;

  @IsArray()
  @ArrayMaxSize(5)
  @IsString({ each: true })
  @MaxLength(8, { each: true })
  labels!: string[];

  @IsObject()
  @ValidateNested()
  @Type(() => Part)
  largest!: Part;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts!: Part[];
}

/** Which class-validator itself has to check. */
@Contract({ type: 'kit.asked', version: 1, kind: 'command', owner: 'packing', partitionKey: 'kitId' })
export class KitAsked {
  @IsString()
  kitId!: string;

  @ValidateIf(({ kitId }: KitAsked) => kitId === 'new')
  @IsString()
  name?: string;
}

export const packed = contractOf<object>(KitPacked);
export const asked = contractOf<object>(KitAsked);

/** Messages of `KitPacked`, and whether a consumer accepts them. */
export const MESSAGES: readonly (readonly [message: object, accepted: boolean])[] = (() => {
  const right = {
    kitId: 'abc',
    count: 3,
    colour: 'red',
    currency: 'EUR',
    labels: ['new'],
    largest: { name: 'lid' },
    parts: [{ name: 'box', parts: [{ name: 'lid' }] }],
  };
  return [
    [right, true],
    [{ ...right, email: null, added: 'later' }, true],
    [{ ...right, email: 'ada@example.com' }, true],
    [{ ...right, kitId: 'abcd' }, false],
    [{ ...right, count: 10 }, false],
    [{ ...right, colour: 'green' }, false],
    [{ ...right, labels: ['much too long'] }, false],
    [{ ...right, largest: undefined }, false],
    [{ ...right, largest: { name: '' } }, false],
    [{ ...right, parts: [{ name: 'box', parts: [{ name: 7 }] }] }, false],
  ];
})();
