import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from './rules.ts';

const page = readFileSync(new URL('../../../../docs/reference/compatibility.md', import.meta.url), 'utf8');
const [, findings = ''] = page.split('## Findings');

test('the page lists the rules, and no other', () => {
  const documented = [...findings.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, rule]) => rule);
  expect(documented).toEqual(Object.keys(RULES));
});
