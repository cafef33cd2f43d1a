import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Builds the page, unless nothing that it is made of is newer than it. */
const here = import.meta.dirname;

if (changedAt() > builtAt()) {
  const { build } = await import('vite');
  await build({ configFile: join(here, 'vite.config.mjs') });
}

/** Folders count too: in them it shows that a file was removed. */
function changedAt() {
  const parts = [
    'src',
    'index.html',
    'build.mjs',
    'vite.config.mjs',
    'package.json',
    '../../package-lock.json',
  ];
  const files = readdirSync(join(here, 'src'), { recursive: true }).map((path) => join('src', String(path)));
  return Math.max(...[...parts, ...files].map((path) => statSync(join(here, path)).mtimeMs));
}

function builtAt() {
  return statSync(join(here, 'dist/page/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
