import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from './build.mjs';
import { Failure } from './failure.mjs';
import { ensureInstalled } from './install.mjs';
import { runNode } from './node.mjs';
import { bin, root } from './paths.mjs';
import { verify } from './verify.mjs';

/** Topics of `troupe` that read the built code of all packages. */
const READING = ['graph', 'contracts', 'topology', 'permissions'];

/** The npm scripts by name; each gets the arguments after `--` and answers with its exit code. */
const commands = {
  start: async (args) => {
    await build(['tools/start', ...(await apps())]);
    return runNode(['tools/start/dist/main.js', ...args]);
  },
  test: (filters) => runNode([bin.vitest, 'run', ...filters]),
  'test:containers': (filters) =>
    runNode([bin.vitest, 'run', '--config', 'tools/containers/vitest.config.mjs', ...filters]),
  verify,
  build: async () => {
    await build();
    return 0;
  },
  format: (paths) => runNode([bin.biome, 'check', '--write', ...(paths.length > 0 ? paths : ['.'])]),
  bench: async (args) => {
    await build(['tools/bench']);
    return runNode(['tools/bench/dist/main.js', ...args]);
  },
  chaos: async (args) => {
    await build(['tools/chaos', ...(await apps())]);
    return runNode(['tools/chaos/dist/main.js', ...args]);
  },
  'bench:contracts': async (args) => {
    await build(['tools/bench']);
    return runNode(['tools/bench/dist/checks/main.js', ...args]);
  },
  'bench:ledger': async (args) => {
    await build(['tools/bench']);
    return runNode(['tools/bench/dist/ledger/main.js', ...args]);
  },
  'bench:models': async (args) => {
    await build(['tools/bench']);
    return runNode(['tools/bench/dist/models/main.js', ...args]);
  },
  troupe: async (args) => {
    await build(READING.includes(args[0]) ? [] : ['tools/cli']);
    return runNode(['tools/cli/dist/main.js', ...args]);
  },
};

/** Those in TypeScript: the others have nothing to build. */
async function apps() {
  const names = await readdir(join(root, 'apps'));
  return names.map((app) => `apps/${app}`).filter((app) => existsSync(join(root, app, 'tsconfig.json')));
}

/** Runs one of the commands and answers with its exit code. */
export async function runCommand(name, args) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new Failure(`There is no command "${name}": the commands are ${Object.keys(commands).join(', ')}.`);
  }
  await ensureInstalled();
  return command(args);
}
