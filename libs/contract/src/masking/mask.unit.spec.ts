import { Transform, Type } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  Validate,
  ValidateNested,
} from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  ContractViolationError,
  decodeMessage,
  IsRecordOf,
  maskOf,
  Sensitive,
  validatorOf,
} from '../index.ts';

class Customer {
  @IsString()
  id!: string;

  @IsEmail(undefined, { message: '$value is no address' })
  @Sensitive()
  email!: string;

  @IsOptional()
  @Allow()
  @Sensitive()
  notes?: unknown;
}
class Order {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Customer)
  customers!: Customer[];

  @IsOptional()
  @IsRecordOf(
    ValidateNested(),
    Type(() => Customer),
  )
  byName?: Record<string, Customer>;

  @IsOptional()
  @IsRecordOf(IsInt())
  @Sensitive()
  balances?: Record<string, number>;

  @IsOptional()
  @MaxLength(3, { message: ({ object }) => `too long beside ${(object as Order).customers[0]?.email}` })
  remark?: string;
}
const { mask, violations } = validatorOf(Order);
const ada = { id: '1', email: 'ada@example.org' };

test('a class tells its sensitive fields, those of nested classes and records too', () => {
  expect(mask.paths).toEqual([
    '/customers/email',
    '/customers/notes',
    '/byName/*/email',
    '/byName/*/notes',
    '/balances',
  ]);
});

describe('a copy of data', () => {
  test('has *** for each sensitive value that is there, and all else as it is', () => {
    const order = {
      customers: [ada, [{ ...ada, notes: { deep: ['x'] } }], null, 'ada', { id: '2', email: null }],
      byName: { ada, 'a/b': { ...ada, email: 7 } },
      balances: { ada: 1 },
      other: ada,
    };
    const before = structuredClone(order);
    expect(mask.data(order)).toEqual({
      customers: [
        { id: '1', email: '***' },
        [{ id: '1', email: '***', notes: '***' }],
        null,
        'ada',
        { id: '2', email: null },
      ],
      byName: { ada: { id: '1', email: '***' }, 'a/b': { id: '1', email: '***' } },
      balances: '***',
      other: ada,
    });
    expect(order).toEqual(before);
  });

  test('is made of any data, however deep', () => {
    let deep: unknown = ada;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(mask.data({ customers: deep })).toBe('***');
    for (const data of [null, undefined, 1, 'a', []]) expect(mask.data(data)).toEqual(data);
    expect(mask.data(JSON.parse('{"__proto__":{"email":"a"}}'))).toEqual(
      JSON.parse('{"__proto__":{"email":"a"}}'),
    );
  });

  test('is the data itself where nothing is sensitive', () => {
    expect(maskOf([]).data(ada)).toBe(ada);
    expect(maskOf([]).hiding(ada)('ada@example.org')).toBe('ada@example.org');
  });

  test('is made by the paths alone', () => {
    expect(maskOf(mask.paths).data({ customers: [ada] })).toEqual({ customers: [{ id: '1', email: '***' }] });
    expect(maskOf(['/a', '/a/b', '/c~1d']).data({ a: { b: 1 }, 'c/d': 2 })).toEqual({
      a: '***',
      'c/d': '***',
    });
    expect(maskOf(['']).data({ a: 1 })).toBe('***');
  });
});

describe('a text about data', () => {
  const hide = mask.hiding({
    customers: [{ email: 'ada@example.org', notes: { say: 'quote " me', short: 'Al', n: 4711, yes: true } }],
  });

  test.each([
    ['no user ada@example.org, ada@example.org', 'no user ***, ***'],
    ['{"say":"quote \\" me"}', '{"say":"***"}'],
    ['?mail=ada%40example.org', '?mail=***'],
    ['Al is not Alan, nor 4711', '*** is not Alan, nor ***'],
    ['true to id 1', 'true to id 1'],
  ])('hides what is sensitive: %s', (text, hidden) => {
    expect(hide(text)).toBe(hidden);
  });

  test('is hidden whole when the data cannot be read', () => {
    const circular: unknown[] = [];
    circular.push(circular);
    expect(mask.hiding({ customers: circular })('anything')).toBe('***');
  });
});

describe('a violation', () => {
  test('of a sensitive field tells the field and the rule alone', () => {
    const found = violations(
      { customers: [{ id: 1, email: 'ada@home' }], balances: { 'secret name': 'x' } },
      'keep',
    );
    expect(found).toEqual([
      { path: '/customers/0/id', rule: 'isString', message: 'id must be a string' },
      {
        path: '/customers/0/email',
        rule: 'isEmail',
        message: 'breaks the rule isEmail; its value is sensitive',
      },
      { path: '/balances', rule: 'isInt', message: 'breaks the rule isInt; its value is sensitive' },
    ]);
    expect(new ContractViolationError('order.placed.v1', found).message).not.toMatch(/ada|secret/);
  });

  test('of another field that quotes a sensitive value hides it', () => {
    expect(violations({ customers: [ada], remark: 'long' }, 'keep')).toEqual([
      { path: '/remark', rule: 'maxLength', message: 'too long beside ***' },
    ]);
  });

  test('is told of any value without an error', () => {
    const circular: unknown[] = [];
    circular.push(circular);
    expect(violations({ customers: circular }, 'refuse')).toMatchObject([{ path: '', message: '***' }]);
  });

  test('of a body that is no JSON quotes nothing of it', () => {
    const headers: [string, string[]][] = [
      ['ce-specversion', ['1.0']],
      ...['id', 'source', 'type'].map((name): [string, string[]] => [`ce-${name}`, ['x']]),
    ];
    expect(() => decodeMessage(headers, Buffer.from('{"email": ada@example.org }'))).toThrow(
      expect.objectContaining({ message: "malformed message: the body is not JSON: Unexpected token 'a'" }),
    );
  });
});

describe('a class that is not compiled', () => {
  test('is masked as well', () => {
    class Fallen {
      @Validate(
        class Never {
          validate = () => false;
          defaultMessage = () => '$value is wrong';
        },
      )
      @Sensitive()
      token!: string;
    }
    const { enforcement, violations } = validatorOf(Fallen);
    expect(enforcement).toBe('class-validator');
    expect(JSON.stringify(violations({ token: 'tok_visa' }, 'keep'))).not.toContain('tok_visa');
  });

  test('is masked whole where class-transformer changes its fields, or chooses the class', () => {
    class Renamed extends Customer {
      @Transform(({ value }) => value)
      @Allow()
      other?: unknown;
    }
    class Holder {
      @ValidateNested()
      @Type(() => Renamed)
      renamed!: Renamed;

      @ValidateNested()
      @Type(() => Object, { discriminator: { property: 'kind', subTypes: [{ name: 'a', value: Customer }] } })
      chosen!: object;
    }
    expect(validatorOf(Holder).mask.paths).toEqual(['/renamed', '/chosen']);
  });
});

test('a class that holds itself is masked whole where it does', () => {
  class Person {
    @IsString()
    @Sensitive()
    name!: string;

    @IsOptional()
    @ValidateNested({ each: true })
    @Type(() => Person)
    friends?: Person[];

    @IsOptional()
    @ValidateNested()
    @Type(() => Person)
    boss?: Person;
  }
  const { mask } = validatorOf(Person);
  expect(mask.paths).toEqual(['/name', '/friends', '/boss']);
});
