import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Builds the page, unless nothing that it is made of is newer than it. It is built beside and then takes the place of the
 * one before, so that a console which runs serves one of the two, also when several build at once.
 */
const here = import.meta.dirname;
const page = join(here, 'dist/page');

if (changedAt() > builtAt()) {
  const { build } = await import('vite');
  const made = `${page}-${process.pid}`;
  await build({ configFile: join(here, 'vite.config.mjs'), build: { outDir: made } });
  put(made);
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
  return statSync(join(page, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function put(made) {
  const before = `${made}-before`;
  try {
    if (builtAt() > 0) renameSync(page, before);
    renameSync(made, page);
  } catch (error) {
    // Another one that was built at the same time was faster.
    if (builtAt() === 0) throw error;
  } finally {
    for (const folder of [made, before]) rmSync(folder, { recursive: true, force: true });
  }
}
