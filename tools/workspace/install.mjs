import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { capture } from './node.mjs';
import { node, root } from './paths.mjs';
import { step } from './progress.mjs';

const lockFile = join(root, 'package-lock.json');
/** Says which lock file the installed packages belong to. */
const stampFile = join(root, 'node_modules/.troupe-lock');
/** Npm's own record of an installation; written last, so that it is missing after an interrupted one. */
const npmRecord = join(root, 'node_modules/.package-lock.json');

/** Installs the packages unless those of the present lock file are there. */
export async function ensureInstalled() {
  const wanted = createHash('sha256')
    .update(await readFile(lockFile))
    .digest('hex');
  if (!(await isInstalled(wanted)))
    await step('Installing packages (npm ci; the first time takes a minute or two)', install);
  else if (existsSync(stampFile)) return;
  await writeFile(stampFile, wanted).catch((error) => {
    throw new Failure(`${stampFile} cannot be written (${error.message}): make the folder writable for you.`);
  });
}

async function isInstalled(wanted) {
  if (!existsSync(node) || !existsSync(npmRecord)) return false;
  const stamp = await readFile(stampFile, 'utf8').catch(() => undefined);
  if (stamp !== undefined) return stamp === wanted;
  // Somebody ran `npm ci` by hand: good unless the lock file changed since.
  const [record, lock] = await Promise.all([stat(npmRecord), stat(lockFile)]);
  return record.mtimeMs >= lock.mtimeMs;
}

async function install() {
  // Warnings of packages that want a newer Node are of no use: they run under the one that comes with them.
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const { code, output } = await capture(npm).catch((error) => {
    throw new Failure(`npm cannot be run (${error.message}): install it together with Node.`);
  });
  if (code !== 0) {
    throw new Failure(
      `${lastLines(output, 15)}\nThe packages could not be installed (npm ci, exit code ${code}): ` +
        'check the network and the registry that npm uses (npm config get registry), then run this command again.',
    );
  }
  if (!existsSync(node)) {
    throw new Failure(
      'The package "node" was installed without its program, because npm may not run install scripts here: ' +
        'set ignore-scripts=false (npm config set ignore-scripts false), then run this command again.',
    );
  }
}

function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
