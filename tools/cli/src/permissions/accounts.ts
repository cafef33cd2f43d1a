import type { Names } from '@troupe/jetstream';
import { COMMAND_LINE } from '../environment.ts';
import { WorkspaceError } from '../errors.ts';
import { declaredApp, type Workspace, type WorkspaceApp } from '../workspace/workspace.ts';
import { api, each, type PermittedApp, type Rights, rightsOf } from './rights.ts';
import { consoleRights, operatorRights } from './wide-rights.ts';

/** A user of the broker: an app, the console, or the operator. */
export interface User {
  readonly name: string;
  readonly rights: Rights;
}

/** A subject of one account on which another may send requests, or publish. */
export interface Crossing {
  readonly from: string;
  readonly to: string;
  /** As the account has it that answers. */
  readonly subject: string;
  /** As the account has it that asks. */
  readonly as: string;
  /** Whether several answers come. */
  readonly many: boolean;
}

export interface Account {
  readonly name: string;
  /** Whether the streams are in it. */
  readonly isHome: boolean;
  readonly users: readonly User[];
}

/** The accounts of an environment, one for each organisation, and what crosses between them. */
export interface Accounts {
  readonly accounts: readonly Account[];
  readonly crossings: readonly Crossing[];
}

export const OPERATOR = 'operator';

/**
 * One account has the streams and the apps of the workspace's own organisation; each other organisation has one with its
 * apps alone, in which the JetStream API stands under another name, so that no reply of theirs can name a subject of the
 * streams.
 * @throws WorkspaceError when two users would have one name
 */
export function accountsOf({ apps, consoles, organisation, folder }: Workspace, names: Names): Accounts {
  const twin = [...apps, ...consoles]
    .map(({ app }) => app)
    .find((app, i, all) => app === OPERATOR || all.indexOf(app) < i);
  if (twin !== undefined)
    throw new WorkspaceError(
      folder,
      `has two users named ${twin}: the operator is one, and each app and console.`,
    );
  const permitted = apps.map(permittedOf);
  const asking = [...consoles.map(({ app }) => app), COMMAND_LINE];
  const home = accountName(organisation, names);
  const owned = Map.groupBy(apps, (app) => app.organisation ?? organisation);
  const own = (owned.get(organisation) ?? []).map((app) => ({
    name: app.app,
    rights: rightsOf(permittedOf(app), names, asking),
  }));
  const others = [...owned].filter(([name]) => name !== organisation).sort();
  const abroad = others.map(([name, theirs]) => accountAbroad(accountName(name, names), home, theirs, names));
  return {
    accounts: [
      {
        name: home,
        isHome: true,
        users: [
          ...own,
          ...consoles.map((one) => ({
            name: one.app,
            rights: consoleRights({ app: one.app, buckets: Object.keys(one.buckets) }, permitted, names),
          })),
          { name: OPERATOR, rights: operatorRights(permitted, names) },
        ],
      },
      ...abroad.map(({ account }) => account),
    ],
    crossings: abroad.flatMap(({ crossings }) => crossings),
  };
}

/** What `TROUPE_API_PREFIX` is for the apps of another organisation. */
export function apiPrefixOf(home: string): string {
  return `${home}.API`;
}

function accountAbroad(
  name: string,
  home: string,
  apps: readonly WorkspaceApp[],
  names: Names,
): { account: Account; crossings: Crossing[] } {
  const rights = apps.map((app) => ({ name: app.app, rights: rightsOf(permittedOf(app), names, []) }));
  const local = new Set(apps.map(({ app }) => names.instancesSubject(app)));
  const outward = (subject: string): boolean => !local.has(subject);
  const users = rights.map(({ name: user, rights: { publish, subscribe } }) => ({
    name: user,
    rights: {
      publish: [...publish.map((one) => abroad(one, home)), ANSWERS],
      subscribe,
    },
  }));
  const asked = each(rights.flatMap((one) => one.rights.publish.filter(outward)));
  const signs = each(
    apps.flatMap(({ app }) => SIGNS.flatMap((verb) => [verb, `${verb}.${app}`, `${verb}.${app}.*`])),
  );
  return {
    account: { name, isHome: false, users },
    crossings: [
      ...asked.map((subject) => ({
        from: name,
        to: home,
        subject,
        as: abroad(subject, home),
        many: MANY.test(subject),
      })),
      ...signs.map((subject) => ({ from: home, to: name, subject, as: subject, many: true })),
    ],
  };
}

/** Where the server has answers to questions of another account given. */
const ANSWERS = '_R_.>';
const SIGNS = ['$SRV.PING', '$SRV.INFO', '$SRV.STATS'] as const;
/** Requests that are answered with messages of a stream. */
const MANY = /^\$JS\.API\.(CONSUMER\.MSG\.NEXT|DIRECT\.GET)\./;

function abroad(subject: string, home: string): string {
  const begin = api('');
  return subject.startsWith(begin) ? `${apiPrefixOf(home)}.${subject.slice(begin.length)}` : subject;
}

function accountName(organisation: string, { prefix }: Names): string {
  // Names have single dashes: two of them never give one account.
  const parts = [prefix, organisation].filter((part) => part !== '');
  return parts.join('__').replaceAll('-', '_').toUpperCase();
}

function permittedOf(app: WorkspaceApp): PermittedApp {
  return { ...declaredApp(app), produces: app.produces, buckets: Object.keys(app.buckets) };
}
