import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  Equals,
  IsArray,
  IsDefined,
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNotIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { expect, test } from 'vitest';
import { validatorOf } from '../index.ts';
import { accepts, NASTY } from './reference.spec.support.ts';
import { classWith } from './samples.spec.support.ts';

const anyButNull = ['string', 'number', 'boolean', 'array', 'object'];
const anyButArray = { not: { type: 'array' } };

test.each<[string, PropertyDecorator[], object, boolean]>([
  ['a whole number from 1', [IsInt(), Min(1)], { type: 'integer', minimum: 1 }, true],
  ['the same, the other way round', [Min(1), IsNumber(), IsInt()], { type: 'integer', minimum: 1 }, true],
  ['a short text', [IsString(), Length(1, 3)], { type: 'string', minLength: 1, maxLength: 3 }, true],
  ['a text or null', [IsOptional(), IsString()], { type: ['string', 'null'] }, false],
  [
    'a constant or null',
    [IsOptional(), IsString(), IsIn(['a'])],
    { type: ['string', 'null'], enum: ['a', null] },
    false,
  ],
  [
    'a constant or null, otherwise',
    [IsOptional(), Equals('a')],
    { anyOf: [{ const: 'a' }, { type: 'null' }] },
    false,
  ],
  [
    'an address or null',
    [IsOptional(), IsEmail()],
    { type: ['string', 'null'], format: 'idn-email', 'x-isEmail': [] },
    false,
  ],
  ['anything', [Allow()], {}, false],
  ['anything or null', [IsOptional()], {}, false],
  ['anything but null', [IsDefined()], { type: anyButNull }, true],
  ['anything but', [IsNotIn(['a'])], { not: { enum: ['a'] } }, false],
  ['a text that is not empty', [IsString(), IsNotEmpty()], { type: 'string', not: { const: '' } }, true],
  [
    'two limits',
    [Min(1), Min(2)],
    { type: 'number', minimum: 1, allOf: [{ type: 'number', minimum: 2 }] },
    true,
  ],
  ['what nothing is', [IsString(), IsInt()], { type: 'string', allOf: [{ type: 'integer' }] }, true],
  [
    'one expression with two flags',
    [Matches(/^.$/u), Matches(/^.$/)],
    { type: 'string', pattern: '^.$', 'x-flags': 'u', allOf: [{ type: 'string', pattern: '^.$' }] },
    true,
  ],
  [
    'texts',
    [IsArray(), ArrayMaxSize(3), IsString({ each: true })],
    { type: 'array', maxItems: 3, items: { type: 'string' } },
    true,
  ],
  [
    'texts or one',
    [IsString({ each: true })],
    { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'string' }] },
    true,
  ],
  [
    'texts or one, not null',
    [IsDefined(), IsString({ each: true })],
    { type: anyButNull, anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'string' }] },
    true,
  ],
  [
    'items that are not',
    [IsNotIn(['a'], { each: true })],
    {
      anyOf: [
        { type: 'array', items: { not: { enum: ['a'] } } },
        { ...anyButArray, allOf: [{ not: { enum: ['a'] } }] },
      ],
    },
    false,
  ],
  [
    'a text, and so each',
    [IsString(), Length(1, 3, { each: true })],
    { type: 'string', minLength: 1, maxLength: 3 },
    true,
  ],
  ['objects', [IsArray(), IsObject({ each: true })], { type: 'array', items: { type: 'object' } }, true],
])('%s', (_, decorators, schema, required) => {
  const cls = classWith(...decorators);
  const validator = validatorOf(cls);
  expect(validator.schema).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Message',
    type: 'object',
    properties: { field: schema },
    ...(required && { required: ['field'] }),
    additionalProperties: true,
  });
  for (const field of [...NASTY, undefined, ['a', 'b'], ['abcd'], 3, [3]]) {
    if ([field].flat(9).some(Number.isNaN)) continue;
    expect(validator.violations({ field }, 'refuse').length === 0, `${field}`).toBe(
      accepts(cls, { field }, 'refuse'),
    );
  }
});

class Address {
  @IsString()
  city!: string;
}

const address = { $ref: '#/$defs/Address' };
const addresses = { $ref: '#/$defs/Address.list' };

test.each<[string, PropertyDecorator[], object]>([
  ['one or many', [], { anyOf: [address, addresses] }],
  ['one or many, not null', [IsDefined()], { anyOf: [address, addresses] }],
  ['one or many or null', [IsOptional()], { anyOf: [address, addresses, { type: 'null' }] }],
  ['one', [IsObject()], address],
  ['one or null', [IsOptional(), IsObject()], { anyOf: [address, { type: 'null' }] }],
  ['many', [IsArray()], { type: 'array', items: { anyOf: [address, addresses] } }],
  [
    'one or many, flat',
    [IsObject({ each: true })],
    {
      anyOf: [address, addresses],
      allOf: [{ anyOf: [{ type: 'array', items: { type: 'object' } }, { type: 'object' }] }],
    },
  ],
  ['many, flat', [IsArray(), IsObject({ each: true })], { type: 'array', items: address }],
])('a nested class: %s', (_, decorators, schema) => {
  const cls = classWith(
    ValidateNested(),
    Type(() => Address),
    ...decorators,
  );
  const validator = validatorOf(cls);
  expect(validator.schema.properties).toEqual({ field: schema });
  const listed = JSON.stringify(schema).includes('.list');
  expect(Object.keys(validator.schema.$defs ?? {})).toEqual(
    listed ? ['Address', 'Address.list'] : ['Address'],
  );
  const city = { city: 'a' };
  for (const field of [...NASTY, undefined, city, [city], [[city]], [city, {}], { city: 1 }]) {
    if ([field].flat(9).some(Number.isNaN)) continue;
    expect(validator.violations({ field }, 'refuse').length === 0, JSON.stringify(field)).toBe(
      accepts(cls, { field }, 'refuse'),
    );
  }
});

test('a field that is checked for some messages only is neither required nor described', () => {
  const { schema } = validatorOf(
    classWith(
      ValidateIf(() => false),
      IsString(),
    ),
  );
  expect(schema).toMatchObject({ properties: { field: {} } });
  expect(schema.properties).not.toHaveProperty('field.type');
  expect(schema).not.toHaveProperty('required');
});
