import { expect, it } from 'vitest';
import { flag, httpUrl, type Kind, oneOf, pairs, postgresUrl, ratio, serviceUrl, whole } from './kinds.ts';

it.each<[string, Kind<unknown>, string, unknown]>([
  ['a whole number', whole(0, 65_535), '65535', 65_535],
  ['a word', oneOf('json', 'pretty'), 'json', 'json'],
  ['a flag', flag, 'TRUE', true],
  ['a flag', flag, 'false', false],
  ['a share', ratio, '0.25', 0.25],
  ['a URL', httpUrl, 'https://host/path', 'https://host/path'],
  ['a service', serviceUrl, 'http://127.0.0.1:4000/v1', 'http://127.0.0.1:4000/v1'],
  ['a database', postgresUrl, 'postgresql://me:secret@db/shop', 'postgresql://me:secret@db/shop'],
  ['pairs', pairs, 'env=staging, team = pay%2Cments ,', { env: 'staging', team: 'pay,ments' }],
])('%s is read from %3$s', (_name, kind, value, expected) => {
  expect(kind.read(value)).toEqual(expected);
});

it.each<[string, Kind<unknown>, readonly string[]]>([
  ['a whole number', whole(1, 40), ['0', '41', '-1', '1.5', '1e1', 'many', '99999999999999999999']],
  ['a word', oneOf('json', 'pretty'), ['xml', 'JSON', 'toString']],
  ['a flag', flag, ['yes', '1', 'constructor']],
  ['a share', ratio, ['2', '-0.1', 'half']],
  ['a URL', httpUrl, ['host:4317', 'localhost', 'ftp://host', '//host', 'http://']],
  ['a service', serviceUrl, ['host:4000', 'http://me:secret@host', 'https://me@host']],
  ['a database', postgresUrl, ['mysql://db/shop', 'postgres://', 'postgres://a b']],
  ['pairs', pairs, ['a=b=c', 'a', '=b', 'a=%zz']],
])('%s refuses what is none', (_name, kind, values) => {
  for (const value of values) expect(kind.read(value), value).toBeUndefined();
});

it('says what is allowed, with the unit', () => {
  expect(whole(0, 3_600_000, 'of ms').allowed).toBe('a whole number of ms from 0 to 3600000');
});
