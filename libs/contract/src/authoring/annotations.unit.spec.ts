import { Type } from 'class-transformer';
import {
  IsArray,
  IsEmail,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Min,
  ValidateNested,
} from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  BusinessKey,
  Contract,
  contractOf,
  Default,
  Deprecated,
  Example,
  IsOneOf,
  IsRecordOf,
  Nullable,
  Sensitive,
  validatorOf,
} from '../index.ts';
import { accepts } from '../schema/reference.spec.support.ts';

const contract = (name: string) =>
  Contract({ type: `authoring.${name}`, version: 1, kind: 'event', owner: 'shop' });

describe('what a class says of a field beside its rules', () => {
  class Base {
    @IsString()
    @Example('o-1')
    @Example('o-2', 'o-3')
    @BusinessKey()
    orderId!: string;

    @IsString()
    @IsOptional()
    @Deprecated({ since: '2.1.0', use: 'remarks' })
    note?: string;

    @IsEmail()
    @Sensitive()
    email!: string;
  }

  @contract('annotated')
  class Annotated extends Base {
    @IsString()
    @Default('EUR')
    currency!: string;
  }

  test('stands in its schema', () => {
    expect(contractOf(Annotated).producedSchema.properties).toEqual({
      orderId: { type: 'string', examples: ['o-1', 'o-2', 'o-3'], 'x-troupe-business-key': true },
      note: {
        type: ['string', 'null'],
        deprecated: true,
        'x-troupe-deprecated': { since: '2.1.0', use: 'remarks' },
      },
      email: { type: 'string', format: 'idn-email', 'x-isEmail': [], 'x-troupe-sensitive': true },
      currency: { type: 'string', default: 'EUR' },
    });
    expect(contractOf(Annotated).businessKeys).toEqual(['/orderId']);
    expect(contractOf(Annotated).enforcement).toBe('compiled');
  });

  test('is overruled by a subclass for itself alone', () => {
    @contract('narrowed')
    class Narrowed extends Base {
      @Deprecated({ since: '3.0.0' })
      @Example('o-4')
      declare orderId: string;
    }
    expect(contractOf(Narrowed).producedSchema.properties).toMatchObject({
      orderId: { examples: ['o-4'], 'x-troupe-business-key': true, deprecated: true },
    });
    expect(contractOf(Annotated).producedSchema.properties).not.toMatchObject({
      orderId: { deprecated: true },
    });
  });

  test.each<[string, PropertyDecorator[], string]>([
    [
      'an example that breaks a rule',
      [IsInt(), Min(1), Example(3, 0)],
      'the example 0 of field it breaks its rule min',
    ],
    ['an example that is no JSON', [IsInt(), Example(1n)], 'of field it is no JSON value'],
    [
      'an undefined example',
      [IsOptional(), Example(undefined)],
      'the example undefined of field it is no JSON value',
    ],
    [
      'a default that breaks a rule',
      [IsInt(), Default('1')],
      "the default '1' of field it breaks its rule isInt",
    ],
    [
      'a default that is null',
      [IsInt(), Default(null)],
      'the default null of field it breaks its rule isInt',
    ],
    ['an annotation alone', [Sensitive()], 'field it is annotated but has no class-validator decorator'],
    ['a sensitive business key', [IsString(), Sensitive(), BusinessKey()], 'is both a business key'],
    [
      'an example inside a record',
      [IsRecordOf(IsInt(), Example('a'))],
      "the example 'a' of field value breaks",
    ],
    [
      'a group',
      [IsInt({ groups: ['admin'] })],
      'field it has @isInt in the groups admin; a message belongs to none',
    ],
  ])('is refused: %s', (_, decorators, problem) => {
    class Wrong {}
    for (const decorate of decorators) decorate(Wrong.prototype, 'it');
    expect(() => validatorOf(Wrong)).toThrow(
      expect.objectContaining({
        code: 'TROUPE_CONTRACT_DEFINITION',
        message: expect.stringContaining(problem),
      }),
    );
  });

  test('is refused: a sensitive partition key, and a business key inside a sensitive field', () => {
    @Contract({ type: 'authoring.keyed', version: 1, kind: 'event', owner: 'shop', partitionKey: 'email' })
    class Keyed extends Base {}
    expect(() => contractOf(Keyed)).toThrow('partitionKey names the sensitive field email');
    class Outer {
      @ValidateNested()
      @Type(() => Base)
      @Sensitive()
      inner!: Base;
    }
    expect(() => validatorOf(Outer)).toThrow(
      'the business key /inner/orderId stands in /inner, which is sensitive',
    );
  });
});

describe('a field', () => {
  class Event {
    @IsInt()
    @Nullable()
    null!: number | null;

    @IsInt()
    @Default(1)
    missing!: number;

    @IsInt()
    @Default(null)
    @Nullable()
    both!: number | null;
  }
  const { violations, enforcement } = validatorOf(Event);

  test.each<[object, boolean]>([
    [{ null: null }, true],
    [{ null: 1, missing: 2, both: null }, true],
    [{}, false],
    [{ missing: 2 }, false],
    [{ null: undefined }, false],
    [{ null: 1, missing: null }, false],
    [{ null: 1, both: 'a' }, false],
    [{ null: '1' }, false],
  ])('may be null or missing as its class says: %j', (value, valid) => {
    expect(enforcement).toBe('compiled');
    for (const side of ['refuse', 'keep'] as const) {
      expect(violations(value, side).length === 0).toBe(valid);
      expect(accepts(Event, value, side)).toBe(valid);
    }
  });
});

describe('defaults', () => {
  class Price {
    @IsInt()
    amount!: number;

    @IsString()
    @Default('EUR')
    currency!: string;
  }
  class Parcel {
    @IsString()
    kind!: 'parcel';

    @IsArray()
    @IsString({ each: true })
    @Default([])
    marks!: string[];
  }
  class Letter {
    @IsString()
    kind!: 'letter';
  }
  class Node {
    @IsInt()
    @Default(0)
    depth!: number;

    @IsOptional()
    @IsArray()
    @ValidateNested({ each: true })
    @Type(() => Node)
    children?: Node[];
  }
  @contract('defaults')
  class Defaults {
    @IsArray()
    @ValidateNested({ each: true })
    @Type(() => Price)
    lines!: Price[];

    @IsRecordOf(
      IsObject(),
      ValidateNested(),
      Type(() => Price),
    )
    prices!: Record<string, Price>;

    @IsOneOf('kind', () => ({ parcel: Parcel, letter: Letter }))
    sent!: Parcel | Letter;

    @IsOptional()
    @ValidateNested()
    @Type(() => Node)
    tree?: Node;
  }
  const { fillDefaults, violationsOfAccepted } = contractOf(Defaults);

  test('are filled in at every level, and nothing else is touched', () => {
    const value = {
      lines: [{ amount: 1 }, { amount: 2, currency: 'USD' }],
      prices: { de: { amount: 3 } },
      sent: { kind: 'parcel' },
      tree: { children: [{ children: [{ depth: 7 }] }] },
      other: { amount: 1 },
    };
    expect(violationsOfAccepted(value)).toEqual([]);
    fillDefaults(value);
    expect(value).toEqual({
      lines: [
        { amount: 1, currency: 'EUR' },
        { amount: 2, currency: 'USD' },
      ],
      prices: { de: { amount: 3, currency: 'EUR' } },
      sent: { kind: 'parcel', marks: [] },
      tree: { depth: 0, children: [{ depth: 0, children: [{ depth: 7 }] }] },
      other: { amount: 1 },
    });
    expect(violationsOfAccepted(value)).toEqual([]);
  });

  test('are a new value each time', () => {
    const [one, two] = [{ kind: 'parcel' } as Parcel, { kind: 'parcel' } as Parcel];
    for (const sent of [one, two]) fillDefaults({ sent });
    one.marks.push('fragile');
    expect(two).toEqual({ kind: 'parcel', marks: [] });
  });

  test('of another class of the union are left out', () => {
    const value = { sent: { kind: 'letter' } };
    fillDefaults(value);
    expect(value).toEqual({ sent: { kind: 'letter' } });
  });
});

describe('a record', () => {
  class Shelf {
    @IsRecordOf(IsInt(), Min(0))
    stock!: Record<string, number>;

    @IsOptional()
    @IsRecordOf(IsRecordOf(IsString(), Length(1, 3)))
    labels?: Record<string, Record<string, string>>;
  }
  const { violations, enforcement, schema } = validatorOf(Shelf);

  test('is an object of any names under the rules of its values', () => {
    expect(enforcement).toBe('compiled');
    expect(schema.properties).toEqual({
      stock: { type: 'object', additionalProperties: { type: 'integer', minimum: 0 } },
      labels: {
        type: ['object', 'null'],
        additionalProperties: {
          type: 'object',
          additionalProperties: { type: 'string', minLength: 1, maxLength: 3 },
        },
      },
    });
  });

  test.each<[unknown, boolean]>([
    [{}, true],
    [{ a: 0, 'b/c': 7 }, true],
    [{ a: -1 }, false],
    [{ a: null }, false],
    [[1], false],
    [null, false],
    ['a', false],
    [undefined, false],
  ])('holds or does not, as class-validator says: %j', (stock, valid) => {
    expect(violations({ stock }, 'refuse').length === 0).toBe(valid);
    expect(accepts(Shelf, { stock }, 'refuse')).toBe(valid);
  });

  test('tells which value is wrong, and how', () => {
    expect(violations({ stock: { a: 1, 'b/c': 'x' }, labels: { de: { long: 'abcd' } } }, 'refuse')).toEqual([
      { path: '/stock/b~1c', rule: 'isInt', message: 'value must be an integer number' },
      { path: '/stock/b~1c', rule: 'min', message: 'value must not be less than 0' },
      {
        path: '/labels/de/long',
        rule: 'isLength',
        message: 'value must be shorter than or equal to 3 characters',
      },
    ]);
  });
});

describe('a union', () => {
  class Card {
    @IsString()
    method!: 'card';

    @IsString()
    @Sensitive()
    number!: string;
  }
  class Transfer {
    @IsString()
    method!: 'transfer';

    @IsInt()
    account!: number;
  }
  class Payment {
    @IsOneOf('method', () => ({ card: Card, transfer: Transfer }))
    by!: Card | Transfer;

    @IsOptional()
    @IsArray()
    @IsOneOf('method', () => ({ card: Card, transfer: Transfer }), { each: true })
    others?: (Card | Transfer)[];
  }
  const { violations, enforcement, schema } = validatorOf(Payment);
  const card = { method: 'card', number: '4711' };
  const transfer = { method: 'transfer', account: 7 };

  test('is said to other languages by oneOf and the discriminator', () => {
    expect(enforcement).toBe('compiled');
    expect(schema.properties).toMatchObject({
      by: {
        type: 'object',
        required: ['method'],
        discriminator: { propertyName: 'method' },
        oneOf: [
          { $ref: '#/$defs/Card', properties: { method: { const: 'card' } } },
          { $ref: '#/$defs/Transfer', properties: { method: { const: 'transfer' } } },
        ],
      },
    });
  });

  test.each<[object, boolean]>([
    [{ by: card }, true],
    [{ by: transfer, others: [card, transfer] }, true],
    [{ by: { ...card, account: 1 } }, false],
    [{ by: { ...transfer, method: 'card' } }, false],
    [{ by: { ...card, method: 'cash' } }, false],
    [{ by: { ...card, method: 'toString' } }, false],
    [{ by: { number: '1' } }, false],
    [{ by: [card] }, false],
    [{ by: null }, false],
    [{}, false],
    [{ by: card, others: [[card]] }, false],
    [{ by: card, others: [null] }, false],
    [{ by: card, others: card }, false],
    [{ by: card, others: [{ method: 'transfer' }] }, false],
  ])('takes the class that the discriminator names, as class-validator does: %j', (value, valid) => {
    expect(violations(value, 'refuse').length === 0).toBe(valid);
    expect(accepts(Payment, value, 'refuse')).toBe(valid);
  });

  test('tells what is wrong in the class that was named', () => {
    expect(violations({ by: { ...transfer, account: 'x' } }, 'keep')).toEqual([
      { path: '/by/account', rule: 'isInt', message: 'account must be an integer number' },
    ]);
    expect(violations({ by: { method: 'cash' } }, 'keep')).toContainEqual({
      path: '/by',
      rule: 'isOneOf',
      message: 'by must be an object whose method is one of card, transfer',
    });
  });

  test('is refused when a class does not declare the discriminator, or there is no class', () => {
    class Silent {
      @IsInt()
      n!: number;
    }
    class Wrong {
      @IsOneOf('method', () => ({ silent: Silent }))
      by!: Silent;
    }
    class Empty {
      @IsOneOf('method', () => ({}))
      by!: object;
    }
    expect(() => validatorOf(Wrong)).toThrow('tells classes by method, which Silent does not declare');
    expect(() => validatorOf(Empty)).toThrow('@IsOneOf by method names no class');
  });
});
