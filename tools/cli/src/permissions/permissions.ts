import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMON, localCommand, type Options } from '../command.ts';
import { namesWith } from '../environment.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { readWorkspace } from '../workspace/workspace.ts';
import { accountsOf, apiPrefixOf } from './accounts.ts';
import { publicKeysOf } from './keys.ts';
import { serverConfig } from './server-config.ts';

const FILE = 'permissions.conf';
const KEYS = '.troupe/keys';

const OPTIONS = {
  out: {
    type: 'string',
    value: '<folder>',
    about: `write ${FILE} there (default: the standard output)`,
  },
  keys: {
    type: 'string',
    value: '<folder>',
    about: `where the users' keys are; those that are missing are made (default ${KEYS})`,
  },
  prefix: COMMON.prefix,
  workspace: {
    type: 'string',
    value: '<folder>',
    about: 'where the package.json with the workspaces is (default: here)',
  },
} as const satisfies Options;

/** `troupe permissions` */
export const permissions = localCommand({
  name: 'permissions',
  usage: '[options]',
  about: 'Writes the configuration with which nats-server lets each app do its work, and nothing else.',
  details: `It reads the built apps; no broker is needed. A user for each app, one for the console ("troupe": { "console": true } in its
package.json) and one for whoever operates; an account for each organisation ("organisation").`,
  options: OPTIONS,
  async run({ values, positionals, terminal, variables }) {
    if (positionals.length > 0)
      throw new UsageError(`troupe permissions takes options only, not ${positionals[0]}.`);
    const names = namesWith(values.prefix ?? (variables.TROUPE_PREFIX || undefined));
    const workspace = await readWorkspace(values.workspace ?? '.', (path) =>
      terminal.progress(`reading ${path}`),
    );
    if (workspace.apps.length === 0) {
      terminal.say(`No package of ${workspace.folder} is an app: see troupe graph --help.`);
      return EXIT.nothing;
    }
    const accounts = accountsOf(workspace, names);
    const users = accounts.accounts.flatMap((account) => account.users.map(({ name }) => name));
    const folder = values.keys ?? join(workspace.folder, KEYS);
    const keys = await publicKeysOf(folder, users, (file) => terminal.say(`made ${file}`));
    const lines = serverConfig(accounts, keys);
    if (values.out !== undefined) {
      await mkdir(values.out, { recursive: true });
      await writeFile(join(values.out, FILE), `${lines.join('\n')}\n`);
    }
    const [home, ...others] = accounts.accounts;
    if (values.json) {
      const apiPrefix = apiPrefixOf(home?.name ?? '');
      const list = accounts.accounts.map(({ name, isHome, users: inIt }) => ({
        account: name,
        ...(!isHome && { apiPrefix }),
        users: inIt.map((user) => ({ user: user.name, key: keys[user.name], ...user.rights })),
      }));
      terminal.out(JSON.stringify(list));
    } else if (values.out === undefined) {
      for (const line of lines) terminal.out(line);
    } else {
      terminal.out(
        `${join(values.out, FILE)}: ${users.length} users in ${accounts.accounts.length} accounts`,
      );
      for (const { name, users: inIt } of others) {
        const apps = inIt.map((user) => user.name).join(', ');
        terminal.out(`${name} (${apps}): TROUPE_API_PREFIX=${apiPrefixOf(home?.name ?? '')}`);
      }
    }
    return EXIT.ok;
  },
});
