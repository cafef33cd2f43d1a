import { join } from 'node:path';
import { ESLint } from 'eslint';
import { expect, it } from 'vitest';
import { root } from './paths.mjs';

const eslint = new ESLint({ cwd: root });

it.each([
  ['an app', 'apps/payments/src/main.ts', '@shop/inventory', 'No app imports another'],
  [
    "an app's file",
    'apps/payments/src/main.ts',
    '../../inventory/src/main.ts',
    'cannot be imported by a relative',
  ],
  ['a front', 'libs/jetstream/src/ids.ts', '@troupe/nest', '@nx/enforce-module-boundaries'],
  ['the runtime', 'tools/start/src/main.ts', '@troupe/jetstream', '@nx/enforce-module-boundaries'],
  ["a package's inside", 'libs/nest/src/index.ts', '@troupe/jetstream/src/ids.ts', 'by its name alone'],
])('refuses the import of %s in %s', async (_what, file, imported, refusal) => {
  expect(await complaintsAbout(file, imported)).toContain(refusal);
});

it.each([
  ['apps/payments/src/main.ts', '@troupe/nest'],
  ['apps/payments/src/main.ts', '@shop/contracts-order'],
  ['libs/nest/src/index.ts', '@troupe/jetstream'],
  ['tools/start/src/main.ts', '@troupe/contract'],
])('in %s allows the import of %s', async (file, imported) => {
  expect(await complaintsAbout(file, imported)).toBe('');
});

async function complaintsAbout(file, imported) {
  const results = await eslint.lintText(`import '${imported}';\n`, { filePath: join(root, file) });
  return results
    .flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`))
    .join('\n');
}
