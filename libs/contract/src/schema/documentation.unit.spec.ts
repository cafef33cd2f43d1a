import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { validatorOf } from '../index.ts';
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

function words(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}
