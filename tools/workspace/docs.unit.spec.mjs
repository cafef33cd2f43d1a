import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './paths.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const find = (patterns) =>
  globSync(patterns, { cwd: root, exclude: (path) => /node_modules|\/dist(\/|$)/.test(String(path)) }).map(
    String,
  );

const sources = find(['{libs,apps,tools}/**/src/**/*.ts', 'tools/workspace/*.mjs'])
  .filter((path) => !/\.spec\./.test(path))
  .map((path) => ({ path, text: read(path) }));

it('documents every error code, and no other', () => {
  const page = read('docs/reference/errors.md');
  const documented = [...page.matchAll(/^\| `(TROUPE_[A-Z_]+)` +\|/gm)].map(([, code]) => code).sort();
  const thrown = sources.flatMap(({ text }) =>
    [...text.matchAll(/readonly code = '(TROUPE_[A-Z_]+)'/g)].map(([, code]) => code),
  );
  expect(documented).toEqual([...new Set(thrown)].sort());
});

it('gives each error code to one class', () => {
  const codes = sources.flatMap(({ text }) =>
    [...text.matchAll(/readonly code = '(TROUPE_[A-Z_]+)'/g)].map(([, code]) => code),
  );
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
});

it('documents every environment variable that the platform reads', () => {
  const page = read('docs/reference/configuration.md');
  const used = sources.flatMap(({ text }) => [...text.matchAll(/(?:env|variables)\.([A-Z][A-Z0-9_]+)\b/g)]);
  const declared = sources
    .filter(({ text }) => text.includes('satisfies Table'))
    .flatMap(({ text }) => [...text.matchAll(/\bname: '([A-Z][A-Z0-9_]+)'/g)]);
  const variables = [...used, ...declared].map(([, name]) => name);
  expect(variables.length).toBeGreaterThan(20);
  const missing = [...new Set(variables)].filter(
    (name) => name !== 'NODE_ENV' && !page.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});

it('links only to pages that are there', () => {
  const broken = find(['*.md', 'docs/**/*.md']).flatMap((path) =>
    [...read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(root, dirname(path), target)))
      .map((target) => `${path} → ${target}`),
  );
  expect(broken).toEqual([]);
});
