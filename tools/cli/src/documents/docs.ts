import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { localCommand } from '../command.ts';
import { UsageError, WorkspaceError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { sentenceOf } from '../workspace/packages.ts';
import { readWorkspace, type Workspace } from '../workspace/workspace.ts';
import { type Documented, documented } from './documented.ts';
import { wrongExamples } from './examples.ts';
import { filesOf } from './files.ts';
import { INDEX } from './paths.ts';

const FOLDER = 'dist/contracts';

/** `troupe contracts docs` */
export const docs = localCommand({
  name: 'contracts docs',
  usage: '[folder] [options]',
  about: 'Writes an AsyncAPI document, JSON Schemas and readable pages of all contracts.',
  details: `The folder is ${FOLDER} unless another is given. Files of an earlier run are written over; none is deleted.`,
  options: {
    workspace: {
      type: 'string',
      value: '<folder>',
      about: 'where the package.json with the workspaces is (default: here)',
    },
  },
  async run({ values, positionals, terminal }) {
    const [given = FOLDER, ...others] = positionals;
    if (others.length > 0) throw new UsageError('Say one folder.');
    const workspace = await readWorkspace(values.workspace ?? '.', (path) =>
      terminal.progress(`reading ${path}`),
    );
    const contracts = documented(workspace);
    if (contracts.length === 0) {
      terminal.say(`No package of ${workspace.folder} has contracts: see troupe graph --help.`);
      return EXIT.nothing;
    }
    const wrong = contracts.flatMap(({ contract }) => wrongExamples(contract));
    for (const sentence of wrong) terminal.say(sentence);
    if (wrong.length > 0) return EXIT.unsound;
    const folder = resolve(given);
    const files = await write(folder, workspace, contracts, (line) => terminal.progress(line));
    for (const path of await leftOver(folder, files)) terminal.say(`${path} is of no contract any more.`);
    const summary = { folder, contracts: contracts.length, files };
    terminal.out(
      values.json
        ? JSON.stringify(summary)
        : `${contracts.length} contracts in ${files.length} files: ${join(given, INDEX)}`,
    );
    return EXIT.ok;
  },
});

/** @throws WorkspaceError when the folder cannot be written */
async function write(
  folder: string,
  workspace: Workspace,
  contracts: readonly Documented[],
  onProgress: (line: string) => void,
): Promise<string[]> {
  const written: string[] = [];
  for (const { path, text } of filesOf(workspace, contracts)) {
    onProgress(`writing ${path}`);
    try {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    } catch (error) {
      throw new WorkspaceError(folder, `cannot be written: ${sentenceOf(error)}`, { cause: error });
    }
    written.push(path);
  }
  return written;
}

/** Files beside those that were written, such as those of a contract that is gone. */
async function leftOver(folder: string, written: readonly string[]): Promise<string[]> {
  const kept = new Set(written);
  const folders = [...new Set(written.map((path) => dirname(path)))].filter((one) => one !== '.');
  const found = await Promise.all(
    folders.map(async (one) => (await readdir(join(folder, one))).map((name) => `${one}/${name}`)),
  );
  return found.flat().filter((path) => !kept.has(path));
}
