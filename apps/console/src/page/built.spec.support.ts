import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The folder of the checkout. */
export const ROOT = join(import.meta.dirname, '../../../..');

/** For specs that ask for the page, which is served built. Takes a moment when nothing changed. */
export async function buildPage(): Promise<void> {
  await promisify(execFile)(process.execPath, ['apps/console-web/build.mjs'], { cwd: ROOT });
}
