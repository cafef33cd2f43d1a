import type { Account, Accounts, Crossing, User } from './accounts.ts';
import type { PublicKeys } from './keys.ts';

/** The accounts as nats-server reads them: to be included at the top level of its configuration. */
export function serverConfig({ accounts, crossings }: Accounts, keys: PublicKeys): string[] {
  return [
    '# Written by `troupe permissions`: change the code, and write it again.',
    'accounts {',
    ...accounts.flatMap((account) => accountLines(account, crossings, keys)).map(indented),
    '}',
  ];
}

function accountLines(
  { name, isHome, users }: Account,
  crossings: readonly Crossing[],
  keys: PublicKeys,
): string[] {
  const exported = crossings.filter(({ to }) => to === name).map(exportLine);
  const imported = crossings.filter(({ from }) => from === name).map(importLine);
  return [
    `${name} {`,
    ...[
      ...(isHome ? ['jetstream: enabled'] : []),
      ...list(
        'users',
        users.flatMap((user) => userLines(user, keys)),
      ),
      ...list('exports', exported),
      ...list('imports', imported),
    ].map(indented),
    '}',
  ];
}

function userLines({ name, rights: { publish, subscribe, deny = [] } }: User, keys: PublicKeys): string[] {
  return [
    `{ # ${name}`,
    `  nkey: ${keys[name]}`,
    '  permissions {',
    '    publish {',
    ...list('allow', publish.map(quoted)).map((line) => `      ${line}`),
    ...list('deny', deny.map(quoted)).map((line) => `      ${line}`),
    '    }',
    '    subscribe {',
    ...list('allow', subscribe.map(quoted)).map((line) => `      ${line}`),
    '    }',
    '  }',
    '}',
  ];
}

function exportLine({ subject, from, many }: Crossing): string {
  return `{ service: ${quoted(subject)}, accounts: [${from}]${many ? ', response_type: stream' : ''} }`;
}

function importLine({ subject, as, to }: Crossing): string {
  const renamed = as === subject ? '' : `, to: ${quoted(as)}`;
  return `{ service: { account: ${to}, subject: ${quoted(subject)} }${renamed} }`;
}

function list(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${name}: [`, ...lines.map(indented), ']'];
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function indented(line: string): string {
  return `  ${line}`;
}
