import { readFileSync } from 'node:fs';
import * as classValidator from 'class-validator';
import { expect, test } from 'vitest';
import {
  BusinessKey,
  Default,
  Deprecated,
  Example,
  IsOneOf,
  IsRecordOf,
  Nullable,
  Sensitive,
  validatorOf,
} from '../index.ts';
import { RULES, STRUCTURE } from './rules.ts';
import { classWith, SAMPLES } from './samples.spec.support.ts';

const page = readFileSync(new URL('../../../../docs/reference/contracts.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `@(\w+)`([^|]*)\| ([^|]*) \| [^|]+ \|$/gm)].map(
  ([, decorator = '', , keywords = '']) => ({ decorator, keywords: words(keywords) }),
);

test('the page lists the compiled decorators, and no other', () => {
  const compiled = [...STRUCTURE, ...RULES.map(({ decorator }) => decorator)];
  expect(rows.map(({ decorator }) => decorator)).toEqual(compiled);
});

test.each(rows.filter(({ decorator }) => RULES.some((rule) => rule.decorator === decorator)))(
  'the page names the keywords of @$decorator',
  ({ decorator, keywords }) => {
    const said = SAMPLES.filter((sample) => sample.decorator === decorator).flatMap((sample) => {
      const { properties } = validatorOf(classWith(sample.of())).schema as { properties: { field: object } };
      return Object.keys(properties.field);
    });
    expect(keywords.toSorted()).toEqual([...new Set(said)].toSorted());
  },
);

test('the page lists every other decorator of class-validator as one that falls back', () => {
  const compiled = new Set([...STRUCTURE, ...RULES.map(({ decorator }) => decorator)] as string[]);
  const noDecorators = /^(Validat(ion\w+|or\w*)|MetadataStorage)$/;
  const others = Object.entries(classValidator)
    .filter(([name, value]) => typeof value === 'function' && /^[A-Z]/.test(name) && !noDecorators.test(name))
    .flatMap(([name]) => (compiled.has(name) ? [] : [name]));
  const [, section = ''] = page.split('### What falls back');
  const listed = words(section.split('\n\n')[1] ?? '').map((word) => word.replace('@', ''));
  expect(others.filter((name) => !listed.includes(name))).toEqual([]);
  expect(listed.filter((name) => compiled.has(name))).toEqual([]);
});

test('the page lists the decorators of the contract language itself', () => {
  const own = [Nullable, Default, IsRecordOf, IsOneOf, BusinessKey, Sensitive, Deprecated, Example];
  const [, section = ''] = page.split('## Decorators of its own');
  const listed = [...section.matchAll(/^\| `@(\w+)\(/gm)].map(([, name]) => name);
  expect(listed).toEqual(own.map(({ name }) => name));
});

function words(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}
