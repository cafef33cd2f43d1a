import { Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsDate,
  IsDateString,
  IsDefined,
  IsEmail,
  IsIBAN,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNotEmptyObject,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  Min,
  registerDecorator,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validatorOf } from './index.ts';
import { accepts, NASTY } from './schema/reference.spec.support.ts';
import { classWith } from './schema/samples.spec.support.ts';

class Money {
  @IsInt()
  @Min(0)
  amount!: number;

  @Length(3, 3)
  currency!: string;
}

class Line {
  @IsString()
  @IsNotEmpty()
  sku!: string;

  @IsInt()
  @Min(1)
  quantity!: number;

  @IsOptional()
  @ValidateNested()
  @Type(() => Money)
  price?: Money | null;
}

class Order {
  @IsString()
  id!: string;

  @IsOptional()
  @IsString()
  note?: string | null;

  @IsArray()
  @ArrayNotEmpty()
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];

  @ValidateNested()
  @IsDefined()
  @Type(() => Money)
  total!: Money;

  @IsOptional()
  @IsString({ each: true })
  tags?: string[];

  @Allow()
  meta?: unknown;
}

class Category {
  @IsString()
  name!: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Category)
  children?: Category[];

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => Category)
  parent?: Category;
}

const money = { amount: 1, currency: 'EUR' };
const line = { sku: 'a', quantity: 1 };
const order = { id: '1', lines: [line, { ...line, price: money }], total: money };

describe('a nested class', () => {
  test('is compiled', () => {
    expect(validatorOf(Order)).toMatchObject({ enforcement: 'compiled', fallbackReasons: [] });
  });

  test('lists every broken rule by its path, in the words of class-validator', () => {
    const broken = {
      ...order,
      id: 1,
      lines: [{ sku: '', quantity: 0, price: { amount: -1, currency: 'EUR' } }],
    };
    expect(validatorOf(Order).violations(broken, 'keep')).toEqual([
      { path: '/id', rule: 'isString', message: 'id must be a string' },
      { path: '/lines/0/sku', rule: 'isNotEmpty', message: 'sku should not be empty' },
      { path: '/lines/0/quantity', rule: 'min', message: 'quantity must not be less than 1' },
      { path: '/lines/0/price/amount', rule: 'min', message: 'amount must not be less than 0' },
    ]);
  });

  test('refuses unknown fields at every level on the closed side, and keeps them on the open one', () => {
    const wider = {
      ...order,
      a: 1,
      lines: [{ ...line, b: 1, price: { ...money, c: null } }],
      total: { ...money, d: {} },
      meta: { anything: 1 },
    };
    const refused = validatorOf(Order).violations(wider, 'refuse');
    expect(refused.map(({ path, rule }) => `${rule} ${path}`).sort()).toEqual([
      'unknownField /a',
      'unknownField /lines/0/b',
      'unknownField /lines/0/price/c',
      'unknownField /total/d',
    ]);
    expect(validatorOf(Order).violations(wider, 'keep')).toEqual([]);
  });

  test('says what class-validator says of every mutation of an order', () => {
    fc.assert(
      fc.property(mutations(order), ({ value }) => {
        for (const side of ['refuse', 'keep'] as const) {
          expect(validatorOf(Order).violations(value, side).length === 0, side).toBe(
            accepts(Order, value, side),
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('says what class-validator says of every mutation of a tree', () => {
    const leaf = { name: 'a' };
    const tree = { name: 'a', children: [leaf, { ...leaf, children: [leaf], parent: leaf }], parent: leaf };
    expect(validatorOf(Category)).toMatchObject({ enforcement: 'compiled' });
    expect(validatorOf(Category).violations(tree, 'refuse')).toEqual([]);
    fc.assert(
      fc.property(mutations(tree), ({ value }) => {
        for (const side of ['refuse', 'keep'] as const) {
          expect(validatorOf(Category).violations(value, side).length === 0, side).toBe(
            accepts(Category, value, side),
          );
        }
      }),
      { numRuns: 700 },
    );
  });

  test('takes an object whose class declares fields for one that is not empty, as class-validator does', () => {
    class Loose {
      @Allow()
      a?: string;
    }
    class Holder {
      @IsNotEmptyObject()
      @ValidateNested()
      @Type(() => Loose)
      loose!: Loose;
    }
    for (const loose of [{}, { a: 'a' }, { b: 1 }, [], null]) {
      for (const side of ['refuse', 'keep'] as const) {
        expect(validatorOf(Holder).violations({ loose }, side).length === 0).toBe(
          accepts(Holder, { loose }, side),
        );
      }
    }
  });
});

describe('a class outside the table', () => {
  @ValidatorConstraint({ name: 'even' })
  class Even implements ValidatorConstraintInterface {
    validate(value: unknown): boolean {
      return typeof value === 'number' && value % 2 === 0;
    }
  }

  const falseInt: PropertyDecorator = (target, propertyName) =>
    registerDecorator({
      name: 'isInt',
      target: target.constructor,
      propertyName: propertyName as string,
      validator: { validate: (value: unknown) => typeof value === 'string' },
    });

  test.each([
    ['@Validate(Even)', Validate(Even)],
    ['@ValidateIf', ValidateIf(() => true)],
    ['group', IsInt({ always: true })],
    ['validateIf', IsInt({ validateIf: () => true })],
    ['@isIBAN', IsIBAN()],
    ['@isDate', IsDate()],
    ['@IsNumber', IsNumber({ allowNaN: true })],
    ['@IsUrl', IsUrl({ host_whitelist: [/a/] })],
    ['@IsIn', IsIn([{}])],
    ['@ArrayUnique', ArrayUnique((item: { id: string }) => item.id)],
    ['null', IsIn(['a', null], { each: true })],
    ['own', falseInt],
    ['@Type(() => Number)', Type(() => Number)],
    ['@Transform', Transform(({ value }) => value)],
  ])('falls back and says why: %s', (named, decorator) => {
    const cls = classWith(Allow(), decorator);
    const validator = validatorOf(cls);
    expect(validator.enforcement).toBe('class-validator');
    expect(validator.fallbackReasons.join()).toContain(named);
    expect(validator.fallbackReasons[0]).toMatch(/^Message\.field: /);
    for (const field of NASTY.filter((value) => ![value].flat(9).some(Number.isNaN))) {
      const value = structuredClone({ field });
      for (const side of ['refuse', 'keep'] as const) {
        expect(validator.violations({ field }, side).length === 0).toBe(accepts(cls, value, side));
      }
    }
  });

  test('falls back for an expression that remembers where it was', () => {
    const { fallbackReasons } = validatorOf(classWith(Matches(/a/y)));
    expect(fallbackReasons).toEqual(['Message.field: @Matches has arguments that JSON Schema cannot say']);
  });

  test('makes the class that nests it fall back', () => {
    class Inner {
      @Validate(Even)
      n!: number;
    }
    class Outer {
      @ValidateNested()
      @Type(() => Inner)
      inner!: Inner;
    }
    const { enforcement, fallbackReasons, schema } = validatorOf(Outer);
    expect(enforcement).toBe('class-validator');
    expect(fallbackReasons).toEqual(['Inner.n: @Validate(Even) is not among the compiled decorators']);
    expect(schema.$comment).toContain('Inner.n: @Validate(Even)');
    expect(validatorOf(Outer).violations({ inner: { n: 1 } }, 'keep')).toMatchObject([{ path: '/inner/n' }]);
  });

  test('falls back for an initial value, which stands in for a missing field', () => {
    class Defaulted {
      @IsInt()
      n = 1;
    }
    const validator = validatorOf(Defaulted);
    expect(validator.fallbackReasons[0]).toContain('Defaulted.n: its initial value');
    expect(validator.violations({}, 'refuse')).toEqual([]);
    expect(validator.violations({ n: 'a' }, 'refuse')).toHaveLength(1);
    expect(validator.schema.required).toBeUndefined();
  });

  test('is not changed by being checked: a discriminator stays in the message', () => {
    class Shape {
      @Allow()
      kind?: string;
    }
    class Drawing {
      @ValidateNested()
      @Type(() => Shape, {
        discriminator: { property: 'kind', subTypes: [{ value: Shape, name: 'circle' }] },
      })
      shape!: Shape;
    }
    const value = { shape: { kind: 'circle' } };
    validatorOf(Drawing).violations(value, 'refuse');
    expect(value).toEqual({ shape: { kind: 'circle' } });
  });
});

describe('a value that is not what JSON.parse gives', () => {
  class Event {
    @IsInt()
    n!: number;

    @IsOptional()
    @IsDateString()
    at?: unknown;

    @IsOptional()
    @IsArray()
    @IsNotEmpty({ each: true })
    names?: unknown[];
  }
  const violations = (value: unknown) => validatorOf(Event).violations(value, 'refuse');

  test('is an object or is refused', () => {
    for (const value of [undefined, null, 1, 'a', [], [{ n: 1 }], 1n, Symbol('a'), () => 1]) {
      expect(violations(value)).toEqual([
        { path: '', rule: 'isObject', message: 'the value must be an object' },
      ]);
    }
  });

  test('may be an instance, its undefined fields as absent', () => {
    expect(violations(Object.assign(new Event(), { n: 1 }))).toEqual([]);
    expect(violations({ n: 1, at: undefined, names: undefined })).toEqual([]);
    expect(violations({ n: undefined })).toMatchObject([{ path: '/n', rule: 'isInt' }]);
    expect(violations(Object.assign(Object.create(null), { n: 1 }))).toEqual([]);
  });

  test('holds null where JSON writes null: in gaps, for undefined items, NaN and the infinities', () => {
    // biome-ignore lint/suspicious/noSparseArray: the gap is what is tested
    for (const names of [['a', , 'b'], ['a', undefined], [null], [Number.NaN]]) {
      expect(violations({ n: 1, names })).toMatchObject([{ path: '/names', rule: 'isNotEmpty' }]);
    }
    expect(violations({ n: Number.NaN })).toMatchObject([{ path: '/n', rule: 'isInt' }]);
    const bounded = validatorOf(classWith(Min(1)));
    expect(bounded.violations({ field: Number.POSITIVE_INFINITY }, 'keep')).toMatchObject([{ rule: 'min' }]);
  });

  test('is refused where a Date, a BigInt or a boxed string stands for a JSON value', () => {
    expect(violations({ n: 1, at: new Date() })).toMatchObject([{ path: '/at', rule: 'isDateString' }]);
    expect(violations({ n: 1n })).toMatchObject([{ path: '/n', rule: 'isInt' }]);
    expect(violations({ n: 1, at: new String('2026-01-31') })).toMatchObject([{ path: '/at' }]);
  });

  test('never throws, however deep or circular it is', () => {
    const circular: Record<string, unknown> = { name: 'a' };
    circular.children = [circular];
    let deep: Record<string, unknown> = { name: 'a' };
    for (let i = 0; i < 100_000; i++) deep = { name: 'a', children: [deep] };
    for (const value of [circular, deep]) {
      expect(validatorOf(Category).violations(value, 'refuse')).toMatchObject([
        { path: '', rule: 'unreadable' },
      ]);
    }
  });

  test('never throws, whatever it is', () => {
    const values = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withNullPrototype: true,
      withBoxedValues: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(values, values, (at, names) => {
        for (const cls of [Event, Order, Category, Even] as (new () => object)[]) {
          validatorOf(cls).violations({ n: 1, name: at, lines: names, total: at, at, names }, 'refuse');
          validatorOf(cls).violations(at, 'keep');
        }
      }),
      { numRuns: 300 },
    );
  });
  class Even {
    @ValidateIf(() => true)
    @IsInt()
    n!: number;
  }

  test('is not disturbed by fields that every object has', () => {
    const hostile = JSON.parse('{"n":1,"__proto__":{"polluted":1},"constructor":{"name":"x"},"toString":1}');
    expect(validatorOf(Event).violations(hostile, 'keep')).toEqual([]);
    expect(violations(hostile)[0]).toMatchObject({ rule: 'unknownField', path: '/__proto__' });
    expect(validatorOf(Even).violations({ n: 1, other: hostile }, 'keep')).toEqual([]);
    expect(violations(JSON.parse('{"n":"a","other":{"constructor":1}}'))).toMatchObject([
      { path: '/other', rule: 'unknownField' },
      { path: '/n', rule: 'isInt' },
    ]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

test('a valid value gets the one empty list', () => {
  const { violations } = validatorOf(Order);
  expect(violations(order, 'refuse')).toBe(violations(order, 'keep'));
});

test('arguments of decorators stand in the schema as they were written', () => {
  const cls = classWith(IsEmail({ allow_display_name: true }));
  expect(validatorOf(cls).schema.properties).toEqual({
    field: { type: 'string', 'x-isEmail': [{ allow_display_name: true }] },
  });
});

/** A copy of a value with one to three of its places replaced, removed or added to. */
function mutations<T extends object>(value: T): fc.Arbitrary<{ value: T }> {
  const mutation = fc.record({
    at: fc.nat(40),
    by: fc.constantFrom(...NASTY, money, line, [line], [[line]], [money], undefined),
  });
  return fc.array(mutation, { minLength: 1, maxLength: 3 }).map((all) => {
    const root = { value: structuredClone(value) };
    for (const { at, by } of all) {
      const places = placesIn(root.value);
      const [holder, key] = places[at % places.length] ?? [root.value, 'extra'];
      (holder as Record<string, unknown>)[key] =
        Number.isNaN(by) || (Array.isArray(holder) && by === undefined) ? null : structuredClone(by);
    }
    return root;
  });
}

function placesIn(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.entries(value).flatMap(([key, item]) => [
    [value, key] as [object, string],
    ...placesIn(item),
  ]);
  return Array.isArray(value) ? own : [...own, [value, 'extra'], [value, 'price']];
}

describe('a large value', () => {
  class Item {
    @IsString()
    name!: string;
  }
  class Cart {
    @IsArray()
    @ArrayMaxSize(10_000)
    @ValidateNested({ each: true })
    @Type(() => Item)
    items!: Item[];
  }
  const { violations } = validatorOf(Cart);

  test('gets its first fault named', () => {
    const wrong = Array.from({ length: 6_000 }, (_, i) => ({ name: i < 5_000 ? 'x' : 7 }));
    expect(violations({ items: wrong }, 'refuse')).toMatchObject([
      { path: '/items/5000/name', rule: 'schema' },
    ]);
    const many = Array.from({ length: 10_001 }, () => ({ name: 'x' }));
    expect(violations({ items: many }, 'refuse')).toMatchObject([{ path: '/items', rule: 'schema' }]);
  });

  test('is still accepted when it keeps the contract', () => {
    const items = Array.from({ length: 10_000 }, () => ({ name: 'x' }));
    expect(violations({ items }, 'refuse')).toEqual([]);
  });

  test('that contains itself, or is deeper than the stack, is refused without an error', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.items = cyclic;
    expect(violations(cyclic, 'keep').length).toBeGreaterThan(0);
  });
});
