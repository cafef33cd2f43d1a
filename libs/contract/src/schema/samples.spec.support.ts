import { Type } from 'class-transformer';
import type { ValidationOptions } from 'class-validator';
import * as cv from 'class-validator';
import { IsOneOf, IsRecordOf } from '../index.ts';

/** A compiled decorator with arguments, and values that it takes and refuses. */
export interface Sample {
  readonly decorator: string;
  readonly arguments?: string;
  readonly of: (options?: ValidationOptions) => PropertyDecorator;
  readonly valid: readonly unknown[];
  readonly invalid: readonly unknown[];
}

enum Colour {
  Red = 'red',
  Blue = 'blue',
}
enum Level {
  Low,
  High = 7,
}
class Card {
  @cv.Equals('card')
  by!: 'card';

  @cv.IsInt()
  number!: number;
}
class Transfer {
  @cv.Equals('transfer')
  by!: 'transfer';

  @cv.IsOptional()
  @cv.IsString()
  note?: string | null;
}
const card = { by: 'card', number: 7 };
const id = '10f7d1c6-4d30-4d9b-8c3a-0d7f1f0f5a11';

export const SAMPLES: readonly Sample[] = [
  sample('IsDefined', (o) => cv.IsDefined(o), [0, '', false, []], [null, Number.NaN]),
  sample('IsEmpty', (o) => cv.IsEmpty(o), ['', null], [' ', 0, []]),
  sample('IsNotEmpty', (o) => cv.IsNotEmpty(o), [' ', 0, [], {}], ['', null]),
  sample('Equals', (o) => cv.Equals('a', o), ['a'], ['A', ['a'], null]),
  sample('Equals', (o) => cv.Equals(0, o), [0, -0], ['0', false, null], 'zero'),
  sample('NotEquals', (o) => cv.NotEquals('a', o), ['b', null, {}], ['a']),
  sample('NotEquals', (o) => cv.NotEquals(null, o), ['b', {}], [null], 'null'),
  sample('IsIn', (o) => cv.IsIn(['a', 1, true], o), ['a', 1, true], ['1', 'b', null]),
  sample('IsIn', (o) => cv.IsIn([], o), [], ['a', null], 'nothing'),
  sample('IsIn', (o) => cv.IsIn(['a', null], o), ['a', null], ['b', 0], 'null'),
  sample('IsNotIn', (o) => cv.IsNotIn([0, null], o), ['a'], [0, null], 'null'),
  sample('IsNotIn', (o) => cv.IsNotIn(['a', 1], o), ['b', true, null], ['a', 1]),
  sample('IsNotIn', (o) => cv.IsNotIn([], o), ['b', null], [], 'nothing'),
  sample('IsEnum', (o) => cv.IsEnum(Colour, o), ['red', 'blue'], ['Red', 'green', null]),
  sample('IsEnum', (o) => cv.IsEnum(Level, o), [0, 7, 'Low'], [1, '0', null], 'numeric'),
  sample('IsBoolean', (o) => cv.IsBoolean(o), [true, false], ['true', 0, null]),
  sample('IsString', (o) => cv.IsString(o), ['', 'a', '😀', '\ud800'], [1, null, ['a']]),
  sample('IsObject', (o) => cv.IsObject(o), [{}, { a: 1 }], [[], null, 'a']),
  sample('IsNotEmptyObject', (o) => cv.IsNotEmptyObject({}, o), [{ a: null }], [{}, [1], null]),
  sample(
    'IsNotEmptyObject',
    (o) => cv.IsNotEmptyObject({ nullable: false }, o),
    [{ a: 1, b: null }],
    [{ a: null }, {}],
    'nullable: false',
  ),
  sample('IsInt', (o) => cv.IsInt(o), [0, -0, 1.0, 1e21, -5], [1.5, '1', Number.NaN, null]),
  sample('IsNumber', (o) => cv.IsNumber({}, o), [0, -0, 1.5, 1e308], ['1', Number.NaN, null]),
  sample(
    'IsNumber',
    (o) => cv.IsNumber({ maxDecimalPlaces: 2 }, o),
    [1.25, 3],
    [1.255, 1e-7, null],
    'decimals',
  ),
  sample('IsPositive', (o) => cv.IsPositive(o), [1, 1e-9], [0, -0, -1, Number.NaN, '1']),
  sample('IsNegative', (o) => cv.IsNegative(o), [-1], [0, -0, 1, Number.NaN]),
  sample('Min', (o) => cv.Min(5, o), [5, 5.1], [4.99, Number.NaN, '6', null]),
  sample('Max', (o) => cv.Max(0, o), [0, -0, -1], [1, Number.NaN, '0', null]),
  sample('IsDivisibleBy', (o) => cv.IsDivisibleBy(3, o), [0, -0, 9, -3], [1, 1.5, '9', 1e21]),
  sample('MinLength', (o) => cv.MinLength(2, o), ['ab', '😀😀', 'a\ud800'], ['a', '😀', '❤️', 2, null]),
  sample('MinLength', (o) => cv.MinLength(3, o), ['😀️😀️😀️'], ['😀️😀️', null], 'emoji'),
  sample('MaxLength', (o) => cv.MaxLength(2, o), ['', '😀😀', '❤️❤️'], ['abc', 1, null]),
  sample('Length', (o) => cv.Length(1, 3, o), ['a', '😀😀😀', '❤️❤️❤️'], ['', 'abcd', null]),
  sample('Length', (o) => cv.Length(2, undefined, o), ['ab', 'a'.repeat(100)], ['a', null], 'no maximum'),
  sample('IsByteLength', (o) => cv.IsByteLength(1, 4, o), ['a', '😀'], ['', '😀a', null]),
  sample('Matches', (o) => cv.Matches(/^[A-Z]{3}-\d+$/, o), ['ABC-12'], ['abc-12', 'ABC-', 'ABC-1\n', null]),
  sample('Matches', (o) => cv.Matches(/^[a-z]+$/i, o), ['aB'], ['a1', null], 'i'),
  sample('Matches', (o) => cv.Matches(/^.$/u, o), ['a', '😀'], ['ab', null], 'u'),
  sample('Matches', (o) => cv.Matches(/^.$/, o), ['a', '\ud800'], ['😀', null], 'astral'),
  sample('Matches', (o) => cv.Matches(/^[\w-.]+$/g, o), ['a-b.c'], ['a b', null], 'g, no u'),
  sample('Matches', (o) => cv.Matches('^a$', 'm', o), ['a', 'b\na'], ['ab', null], 'string, m'),
  sample('Contains', (o) => cv.Contains('a.b', o), ['xa.by'], ['axb', null, ['a.b']]),
  sample('NotContains', (o) => cv.NotContains('a/(b', o), ['ab', ''], ['a/(b', null]),
  sample('IsAlpha', (o) => cv.IsAlpha(undefined, o), ['aZ'], ['', 'a1', 'ö', 'ſ', null]),
  sample('IsAlpha', (o) => cv.IsAlpha('de-DE', o), ['öß'], ['1', null], 'de-DE'),
  sample('IsAlphanumeric', (o) => cv.IsAlphanumeric(undefined, o), ['a1'], ['', 'a-1', null]),
  sample('IsNumberString', (o) => cv.IsNumberString(undefined, o), ['1', '-1.5', '.5'], ['1.', 'a', 1, null]),
  sample(
    'IsNumberString',
    (o) => cv.IsNumberString({ no_symbols: true }, o),
    ['15'],
    ['-1', null],
    'no_symbols',
  ),
  sample('IsAscii', (o) => cv.IsAscii(o), ['a\n'], ['', 'ö', null]),
  sample('IsHexadecimal', (o) => cv.IsHexadecimal(o), ['0xFf', '0h1', 'a'], ['', '0x', 'g', null]),
  sample('IsHexColor', (o) => cv.IsHexColor(o), ['#fff', 'A1b2C3', '#ffff'], ['#ff', null]),
  sample(
    'IsMongoId',
    (o) => cv.IsMongoId(o),
    ['507f1f77bcf86cd799439011', '0x7f1f77bcf86cd799439011'],
    ['507f', null],
  ),
  sample('IsMilitaryTime', (o) => cv.IsMilitaryTime(o), ['23:59', '0000'], ['24:00', '1:00', null]),
  sample('IsBooleanString', (o) => cv.IsBooleanString(o), ['true', '0'], ['TRUE', true, 'yes']),
  sample(
    'IsUUID',
    (o) => cv.IsUUID(undefined, o),
    [id, id.toUpperCase(), '00000000-0000-0000-0000-000000000000'],
    ['x', `${id}\n`, null],
  ),
  ...(['1', '2', '3', '4', '5', '6', '7', '8'] as const).map((version) =>
    sample(
      'IsUUID',
      (o) => cv.IsUUID(version, o),
      [`10f7d1c6-4d30-${version}d9b-8c3a-0d7f1f0f5a11`],
      ['10f7d1c6-4d30-0d9b-8c3a-0d7f1f0f5a11', null],
      version,
    ),
  ),
  sample('IsLowercase', (o) => cv.IsLowercase(o), ['', 'a1'], ['A', null]),
  sample('IsUppercase', (o) => cv.IsUppercase(o), ['', 'A1'], ['a', 'ß', null]),
  sample(
    'IsEmail',
    (o) => cv.IsEmail(undefined, o),
    ['a@example.org', 'ö@example.org'],
    ['a@b', 'a@example.org ', null],
  ),
  sample(
    'IsEmail',
    (o) => cv.IsEmail({ allow_display_name: true }, o),
    ['A <a@example.org>'],
    ['A', null],
    'allow_display_name',
  ),
  sample(
    'IsUrl',
    (o) => cv.IsUrl(undefined, o),
    ['example.org', 'https://example.org/a?b#c'],
    ['a', 'http://', null],
  ),
  sample(
    'IsUrl',
    (o) => cv.IsUrl({ protocols: ['https'], require_protocol: true }, o),
    ['https://example.org'],
    ['http://example.org', 'example.org'],
    'https',
  ),
  sample('IsFQDN', (o) => cv.IsFQDN(undefined, o), ['example.org'], ['localhost', null]),
  sample('IsIP', (o) => cv.IsIP(undefined, o), ['127.0.0.1', '::1', 'fe80::1%eth0'], ['256.0.0.1', null]),
  sample('IsIP', (o) => cv.IsIP(4, o), ['10.0.0.1'], ['::1', '10.0.0', null], '4'),
  sample('IsIP', (o) => cv.IsIP('6', o), ['::1'], ['10.0.0.1', null], '6'),
  sample('IsMACAddress', (o) => cv.IsMACAddress(o), ['01:02:03:04:05:ab'], ['01:02', null]),
  sample('IsPort', (o) => cv.IsPort(o), ['0', '65535', '+80'], ['65536', '080', 80]),
  sample(
    'IsISO8601',
    (o) => cv.IsISO8601(undefined, o),
    ['2026-01-31', '2026-02-31', '2026-W01', '2026-01-31T10:00:00Z'],
    ['31.1.2026', null],
  ),
  sample(
    'IsISO8601',
    (o) => cv.IsISO8601({ strict: true, strictSeparator: true }, o),
    ['2026-01-31T10:00:00.000Z'],
    ['2026-02-31', '2026-01-31 10:00', null],
    'strict',
  ),
  sample(
    'IsDateString',
    (o) => cv.IsDateString(undefined, o),
    ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00.123456+01:00', '2026-01-31'],
    [
      ...['now', 1, null, '2026-13-01T10:00:00Z', '2026-00-01T10:00:00Z', '2026-01-32T10:00:00Z'],
      ...[
        '2026-01-00T10:00:00Z',
        '2026-01-31T25:00:00Z',
        '2026-01-31T23:60:00Z',
        '2026-01-31T10:00:00.000Z\n',
      ],
    ],
  ),
  sample(
    'IsDateString',
    (o) => cv.IsDateString({ strict: true }, o),
    ['2026-01-31'],
    ['2026-02-31', null],
    'strict',
  ),
  sample(
    'IsRFC3339',
    (o) => cv.IsRFC3339(o),
    ['2026-01-31T10:00:00Z', '2026-01-31 10:00:00+01:00'],
    ['2026-01-31', null],
  ),
  sample('IsTimeZone', (o) => cv.IsTimeZone(o), ['Europe/Berlin', 'UTC'], ['Mars/Olympus', null]),
  sample('IsISO4217CurrencyCode', (o) => cv.IsISO4217CurrencyCode(o), ['EUR', 'eur'], ['XXY', null]),
  sample('IsISO31661Alpha2', (o) => cv.IsISO31661Alpha2(o), ['DE', 'de'], ['XX', null]),
  sample('IsISO31661Alpha3', (o) => cv.IsISO31661Alpha3(o), ['DEU'], ['XXX', null]),
  sample('IsISO31661Numeric', (o) => cv.IsISO31661Numeric(o), ['276'], ['000', 276]),
  sample('IsISO6391', (o) => cv.IsISO6391(o), ['de'], ['xx', null]),
  sample('IsLocale', (o) => cv.IsLocale(o), ['de-DE', 'en'], ['a_', null]),
  sample('IsLatitude', (o) => cv.IsLatitude(o), [52.5, '52.5', -0, -90], [91, 'a', Number.NaN, null]),
  sample('IsLongitude', (o) => cv.IsLongitude(o), [13.4, '180'], [181, '', null]),
  sample('IsLatLong', (o) => cv.IsLatLong(o), ['52.5,13.4'], ['52.5', 52.5]),
  sample('IsPostalCode', (o) => cv.IsPostalCode('DE', o), ['10115'], ['1011', null]),
  sample('IsPhoneNumber', (o) => cv.IsPhoneNumber('DE', o), ['+4930123456'], ['+1', null]),
  sample('IsMobilePhone', (o) => cv.IsMobilePhone('de-DE', undefined, o), ['+4915123456789'], ['1', null]),
  sample(
    'IsDecimal',
    (o) => cv.IsDecimal({ decimal_digits: '2', force_decimal: true }, o),
    ['1.25'],
    ['1', 1.25, null],
  ),
  sample('IsCurrency', (o) => cv.IsCurrency({ symbol: '€' }, o), ['€1.25', '1'], ['$1', null]),
  sample('IsCreditCard', (o) => cv.IsCreditCard(o), ['4111 1111 1111 1111'], ['4111', null]),
  sample('IsBIC', (o) => cv.IsBIC(o), ['DEUTDEFF'], ['DEUT', null]),
  sample('IsEAN', (o) => cv.IsEAN(o), ['4006381333931'], ['4006381333932', null]),
  sample('IsISBN', (o) => cv.IsISBN(13, o), ['978-3-16-148410-0'], ['978', null]),
  sample('IsISIN', (o) => cv.IsISIN(o), ['US0378331005'], ['US0378331006', null]),
  sample('IsISSN', (o) => cv.IsISSN(undefined, o), ['0378-5955'], ['0378-5954', null]),
  sample('IsSemVer', (o) => cv.IsSemVer(o), ['1.0.0-rc.1+b'], ['1.0', 'v1.0.0', null]),
  sample('IsHash', (o) => cv.IsHash('md5', o), ['d41d8cd98f00b204e9800998ecf8427e'], ['d41d', null]),
  sample('IsJWT', (o) => cv.IsJWT(o), ['eyJhbGciOiJub25lIn0.e30.c2ln'], ['a.b', null]),
  sample('IsJSON', (o) => cv.IsJSON(o), ['{"a":1}', '[]'], ['{', 'null', {}, null]),
  sample('IsBase32', (o) => cv.IsBase32(o), ['MFRA===='], ['a', null]),
  sample('IsBase58', (o) => cv.IsBase58(o), ['2NEpo7'], ['0', null]),
  sample('IsBase64', (o) => cv.IsBase64(undefined, o), ['', 'YQ=='], ['YQ', null]),
  sample('IsBase64', (o) => cv.IsBase64({ urlSafe: true }, o), ['_-A'], ['+/==', null], 'urlSafe'),
  sample('IsMimeType', (o) => cv.IsMimeType(o), ['application/json'], ['json', null]),
  sample('IsDataURI', (o) => cv.IsDataURI(o), ['data:text/plain,a'], ['text', null]),
  sample('IsArray', (o) => cv.IsArray(o), [[], [null]], [{}, 'a', null]),
  sample('ArrayNotEmpty', (o) => cv.ArrayNotEmpty(o), [[null]], [[], 'a', null]),
  sample('ArrayMinSize', (o) => cv.ArrayMinSize(2, o), [[1, 2]], [[1], 'ab', null]),
  sample('ArrayMaxSize', (o) => cv.ArrayMaxSize(1, o), [[], [1]], [[1, 2], '', null]),
  sample('ArrayContains', (o) => cv.ArrayContains(['a', 1], o), [['a', 'b', 1]], [['a'], 'a1', null]),
  sample(
    'ArrayNotContains',
    (o) => cv.ArrayNotContains(['a', 1], o),
    [[], ['b', null]],
    [['a'], [1], 'b', null],
  ),
  sample(
    'ArrayUnique',
    (o) => cv.ArrayUnique(o),
    [[], [1, '1', true], [{}, {}], [[], []]],
    [[1, 1], [0, -0], [null, null], [Number.NaN], 'a', null],
  ),
  sample(
    'IsRecordOf',
    () => IsRecordOf(cv.IsInt(), cv.Min(0)),
    [{}, { a: 0, '': 1 }, { a: -0 }],
    [{ a: -1 }, { a: 1, b: '1' }, { a: null }, { a: Number.NaN }, [1], null],
  ),
  sample(
    'IsRecordOf',
    () => IsRecordOf(cv.IsOptional(), cv.IsArray(), cv.IsString({ each: true })),
    [{ a: null }, { a: [], b: ['x'] }],
    [{ a: 'x' }, { a: [1] }, [], null],
    'arrays',
  ),
  sample(
    'IsRecordOf',
    () =>
      IsRecordOf(
        cv.IsObject(),
        cv.ValidateNested(),
        Type(() => Card),
      ),
    [{}, { a: card }],
    [{ a: {} }, { a: { ...card, number: '7' } }, { a: [card] }, card, null],
    'objects',
  ),
  sample(
    'IsOneOf',
    (o) => IsOneOf('by', () => ({ card: Card, transfer: Transfer }), o),
    [card, { by: 'transfer' }, { by: 'transfer', note: null }],
    [
      { ...card, number: '7' },
      { number: 7 },
      { by: 'cash' },
      { by: null },
      { by: 'transfer', note: 1 },
      [card],
      null,
    ],
  ),
];

function sample(
  decorator: string,
  of: Sample['of'],
  valid: readonly unknown[],
  invalid: readonly unknown[],
  args?: string,
): Sample {
  return { decorator, of, valid, invalid, ...(args !== undefined && { arguments: args }) };
}

/** A class with one field under the decorators. */
export function classWith(...decorators: readonly PropertyDecorator[]): new () => object {
  class Message {}
  for (const decorate of decorators) decorate(Message.prototype, 'field');
  return Message;
}

/** Takes a class out of class-validator's storage, all of which it walks for every value that it checks. */
export function forget(cls: new () => object): void {
  const storage = cv.getMetadataStorage() as unknown as {
    readonly validationMetadatas: Map<object, unknown>;
  };
  storage.validationMetadatas.delete(cls);
}
