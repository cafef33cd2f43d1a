import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Token of the folder in Nest's injector. */
export const PAGE_FOLDER = Symbol('console:page');

/** Where the page is built: in its package, which an image has beside the console's. */
export const pageFolder = join(
  dirname(createRequire(import.meta.url).resolve('@shop/console-web/package.json')),
  'dist/page',
);
