import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { variables, withTables } from './configuration.mjs';
import { root } from './paths.mjs';

const page = join(root, 'docs/reference/configuration.md');
const all = Object.values(variables).flat();

it('stands in the documentation as it stands in the code', async () => {
  await expect(withTables(readFileSync(page, 'utf8'))).toMatchFileSnapshot(page);
});

it('has each variable once, with all that a person asks of it', () => {
  const names = all.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  for (const { name, meaning, kind, ...variable } of all) {
    expect(meaning, name).toMatch(/\S/);
    expect(kind.allowed, name).toMatch(/\S/);
    expect(variable.unset ?? variable.default, name).toBeDefined();
  }
});

it.each(all.filter((variable) => variable.default !== undefined))(
  'takes the default of $name for a value',
  ({ kind, ...variable }) => {
    expect(kind.read(String(variable.default))).toBe(variable.default);
  },
);

it.each(all.filter(({ name }) => /SECRET|PASSWORD|TOKEN|DATABASE_URL/.test(name)))(
  'keeps $name secret',
  ({ secret }) => {
    expect(secret).toBe(true);
  },
);
