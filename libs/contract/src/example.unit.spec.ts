import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  Equals,
  IsArray,
  IsDateString,
  IsIn,
  IsInt,
  IsNotEmptyObject,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { describe, expect, it } from 'vitest';
import { Contract, contractOf, Default, Example, exampleOf, IsOneOf, IsRecordOf, Nullable } from './index.ts';

class Money {
  @IsInt()
  @Example(500, 700)
  minor!: number;

  @IsIn(['EUR', 'USD'])
  currency!: string;
}

class Card {
  @Equals('card')
  method!: 'card';

  @IsString()
  @Example('tok_visa')
  token!: string;
}

class Cash {
  @Equals('cash')
  method!: 'cash';
}

class Part {
  @IsString()
  @Example('lid')
  name!: string;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts?: Part[];

  @IsOptional()
  @ValidateNested()
  @Type(() => Whole)
  whole?: object;
}

/** With one of each thing that a field can be. */
@Contract({ type: 'example.whole', version: 1, kind: 'event', owner: 'shop' })
class Whole {
  @IsString()
  @MaxLength(9)
  @Example('o-1')
  orderId!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Money)
  total!: Money;

  @IsObject()
  @ValidateNested()
  @Type(() => Money)
  @Nullable()
  rebate!: Money | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => Money)
  tip?: Money;

  @IsOneOf('method', () => ({ card: Card, cash: Cash }))
  by!: Card | Cash;

  @IsArray()
  @ArrayMinSize(2)
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts!: Part[];

  @IsArray()
  @IsString({ each: true })
  @Example(['new', 'fragile'])
  labels!: string[];

  @IsRecordOf(IsInt())
  fees!: Record<string, number>;

  @IsInt()
  @Default(1)
  copies!: number;

  @IsOptional()
  @IsDateString()
  dueAt?: string;

  @IsOptional()
  @IsString()
  @Example('by the door')
  note?: string;
}

describe('the example of a contract', () => {
  const { producedSchema, acceptedSchema, violationsOfProduced } = contractOf(Whole);

  it('is put together from what the schema says of each field', () => {
    const lid = { name: 'lid' };
    expect(exampleOf(producedSchema)).toEqual({
      message: {
        orderId: 'o-1',
        total: { minor: 500, currency: 'EUR' },
        rebate: { minor: 500, currency: 'EUR' },
        tip: { minor: 500, currency: 'EUR' },
        by: { method: 'card', token: 'tok_visa' },
        parts: [lid, lid],
        labels: ['new', 'fragile'],
        fees: {},
        copies: 1,
        note: 'by the door',
      },
      missing: [],
    });
  });

  it('keeps the contract', () => {
    expect(violationsOfProduced(exampleOf(producedSchema).message)).toEqual([]);
  });

  it('is the same of either schema, and of one that was written down', () => {
    const { message } = exampleOf(producedSchema);
    expect(exampleOf(acceptedSchema).message).toEqual(message);
    expect(exampleOf(JSON.parse(JSON.stringify(producedSchema))).message).toEqual(message);
  });

  it("is the caller's own", () => {
    const { message } = exampleOf(producedSchema) as { message: Whole };
    message.labels.push('old');
    message.parts[0]!.name = 'box';
    expect(message.parts[1]?.name).toBe('lid');
    expect(exampleOf(producedSchema).message).toMatchObject({ labels: ['new', 'fragile'] });
  });

  it('is that of the whole schema where there is one', () => {
    expect(exampleOf({ ...producedSchema, examples: [{ orderId: 'o-2' }] }).message).toEqual({
      orderId: 'o-2',
    });
    expect(exampleOf({ ...producedSchema, examples: ['o-2'] })).toEqual({ missing: [''] });
  });
});

describe('a required field without an example', () => {
  class Line {
    @IsString()
    sku!: string;

    @IsInt()
    @Example(1)
    quantity!: number;
  }

  class Node {
    @IsObject()
    @ValidateNested()
    @Type(() => Node)
    next!: object;
  }

  @Contract({ type: 'example.lacking', version: 1, kind: 'event', owner: 'shop' })
  class Lacking {
    @IsString()
    'a/b'!: string;

    @IsArray()
    @ValidateNested({ each: true })
    @Type(() => Line)
    lines!: Line[];

    @IsArray()
    @IsString({ each: true })
    labels!: string[];

    @IsObject()
    anything!: object;

    @IsNotEmptyObject()
    @IsRecordOf(IsInt())
    fees!: Record<string, number>;

    @IsObject()
    @ValidateNested()
    @Type(() => Node)
    circle!: Node;

    @IsOptional()
    @ValidateNested()
    @Type(() => Line)
    gift?: Line;
  }

  const schema = contractOf(Lacking).producedSchema;

  it('is named, and nothing is made up', () => {
    expect(exampleOf(schema)).toEqual({
      missing: ['/a~1b', '/lines/sku', '/labels', '/anything', '/fees', '/circle/next'],
    });
  });

  it('gets the value of another version, and no other field does', () => {
    const like = {
      'a/b': 'c',
      lines: [{ sku: 'TENT-2P', quantity: 7, colour: 'red' }],
      labels: [],
      anything: { one: 1 },
      fees: { handling: 1 },
      circle: { next: { next: {} } },
      later: true,
    };
    expect(exampleOf(schema, like).message).toEqual({
      'a/b': 'c',
      lines: [{ sku: 'TENT-2P', quantity: 1 }],
      labels: [],
      anything: { one: 1 },
      fees: { handling: 1 },
      circle: { next: { next: {} } },
    });
  });
});

describe('an example that would be endless', () => {
  const count = { examples: [1] };

  it.each([
    ['a list', { items: count, minItems: 1e9 }],
    ['a list of lists', { items: { items: count, minItems: 2_000 }, minItems: 2_000 }],
  ])('is none: %s of more items than an example may have', (_, all) => {
    expect(exampleOf({ properties: { all }, required: ['all'] })).toEqual({ missing: ['/all'] });
  });

  it('stops where each of many classes holds all others', () => {
    const names = Array.from({ length: 20 }, (_, i) => `C${i}`);
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]));
    const one = { properties: { count, ...properties }, required: ['count'] };
    const $defs = Object.fromEntries(names.map((name) => [name, one]));
    const { message } = exampleOf({ ...one, $defs });
    expect(JSON.stringify(message).match(/"count"/g)?.length).toBeLessThan(10_000);
  });
});
