import { Type } from 'class-transformer';
import { Equals, IsArray, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { IsOneOf, IsRecordOf, Sensitive, validatorOf } from '../index.ts';
import { accepts } from './reference.spec.support.ts';

class Folder {
  @Equals('folder')
  kind!: 'folder';

  @IsRecordOf(
    IsObject(),
    ValidateNested(),
    Type(() => Entry),
  )
  entries!: Record<string, Entry>;
}
class Link {
  @Equals('link')
  kind!: 'link';

  @IsString()
  @Sensitive()
  to!: string;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Entry)
  seenFrom?: Entry[];
}
class Entry {
  @IsOneOf('kind', () => ({ folder: Folder, link: Link }))
  is!: Folder | Link;
}

describe('classes that nest one another in a circle', () => {
  const { enforcement, violations, mask } = validatorOf(Entry);
  const link = (to: unknown) => ({ is: { kind: 'link', to } });
  const folder = (entries: object) => ({ is: { kind: 'folder', entries } });

  test('are compiled, by way of a list, a record and a union', () => {
    expect(enforcement).toBe('compiled');
    const deep = folder({ a: folder({ b: { is: { ...link('x').is, seenFrom: [folder({}), link('y')] } } }) });
    const broken = folder({ a: folder({ b: { is: { ...link('x').is, seenFrom: [folder({}), link(7)] } } }) });
    for (const side of ['refuse', 'keep'] as const) {
      expect(violations(deep, side)).toEqual([]);
      expect(violations(broken, side)).not.toEqual([]);
      for (const value of [deep, broken, folder({ a: {} }), folder({ a: null }), link(null)]) {
        expect(violations(value, side).length === 0).toBe(accepts(Entry, value, side));
      }
    }
  });

  test('are masked, whole where the circle closes', () => {
    expect(mask.paths).toEqual(['/is/entries/*', '/is/to', '/is/seenFrom']);
    expect(mask.data(folder({ a: link('secret') }))).toEqual(folder({ a: '***' }));
  });
});
