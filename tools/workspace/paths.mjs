import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The Node that the packages bring along, whatever runs this. */
export const node = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** The programs of the packages, as scripts for that Node. */
export const bin = {
  tsc: join(root, 'node_modules/@typescript/native/bin/tsc'),
  vitest: join(root, 'node_modules/vitest/vitest.mjs'),
  biome: join(root, 'node_modules/@biomejs/biome/bin/biome'),
  eslint: join(root, 'node_modules/eslint/bin/eslint.js'),
  nx: join(root, 'node_modules/nx/dist/bin/nx.js'),
};
