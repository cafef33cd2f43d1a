import type { CompiledContract } from '@troupe/contract';
import { type BucketSettings, type DeclaredApp, durationOf, stepName } from '@troupe/jetstream';
import type { AppDescription } from '@troupe/nest';
import { WorkspaceError } from '../errors.ts';
import { appIn } from './app-package.ts';
import { contractsIn } from './contract-package.ts';
import { foreignApp } from './foreign-app.ts';
import { type Package, packagesIn } from './packages.ts';

/** What its package says of an app besides its code. */
interface Packaged {
  readonly version: string;
  /** The organisation that it belongs to; undefined for the workspace's own. */
  readonly organisation: string | undefined;
  /** Buckets that it has besides the runtime's, by their names. */
  readonly buckets: Readonly<Record<string, BucketSettings>>;
}

export interface WorkspaceApp extends AppDescription, Packaged {}

export interface WorkspaceConsole extends Packaged {
  readonly app: string;
}

/** Who sends and takes what. */
export interface Choreographed {
  /** In the order of their names. */
  readonly apps: readonly AppDescription[];
  /** Those of contract packages and those that apps use, each once, in the order of their ids. */
  readonly contracts: readonly CompiledContract[];
}

/** The apps and contracts of a workspace, by its code. */
export interface Workspace extends Choreographed {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Who has what belongs to nobody else; named like the workspace unless its package says otherwise. */
  readonly organisation: string;
  readonly apps: readonly WorkspaceApp[];
  /** Apps without steps that read everything, by their names. */
  readonly consoles: readonly WorkspaceConsole[];
}

/**
 * Reads every package of a workspace that says in its package.json what it is to the platform, under `troupe`. Apps
 * and contracts are imported as they are built.
 *
 * @param onRead called before each
 * @throws WorkspaceError
 */
export async function readWorkspace(folder: string, onRead: (path: string) => void): Promise<Workspace> {
  const packages = await packagesIn(folder);
  const [{ folder: root, manifest }] = packages;
  const contracts: CompiledContract[] = [];
  for (const one of packages) {
    if (!one.manifest.troupe?.contracts) continue;
    onRead(one.path);
    contracts.push(...(await contractsIn(one)));
  }
  const apps = await appsIn(packages, contracts, onRead);
  return {
    folder: root,
    name: manifest.name ?? 'workspace',
    version: manifest.version ?? '0.0.0',
    organisation: manifest.troupe?.organisation ?? unscoped(manifest.name ?? 'workspace'),
    apps,
    consoles: packages.filter((one) => one.manifest.troupe?.console).map(consoleOf),
    contracts: eachOnce([...contracts, ...apps.flatMap(usedBy)]),
  };
}

async function appsIn(
  packages: readonly Package[],
  contracts: readonly CompiledContract[],
  onRead: (path: string) => void,
): Promise<WorkspaceApp[]> {
  const apps = new Map<string, { readonly app: WorkspaceApp; readonly path: string }>();
  const add = (described: AppDescription, from: Package): void => {
    const { path } = from;
    const twin = apps.get(described.app);
    if (twin !== undefined) {
      throw new WorkspaceError(
        path,
        `is the app ${described.app}, and so is ${twin.path}: give one another name.`,
      );
    }
    apps.set(described.app, { app: { ...described, ...packaged(from) }, path });
  };
  for (const one of packages) {
    const { module, app } = one.manifest.troupe ?? {};
    if (module === undefined && app === undefined) continue;
    onRead(one.path);
    if (module !== undefined) add(await appIn(one, module), one);
    if (app !== undefined) add(await foreignApp(one, app, contracts), one);
  }
  return [...apps.values()].map(({ app }) => app).sort((a, b) => (a.app < b.app ? -1 : 1));
}

/** The app as its topology needs it; a description has the durable names of steps. */
export function declaredApp({ app, version, steps }: WorkspaceApp): DeclaredApp {
  const begin = stepName(app, '').length;
  return { app, version, steps: steps.map((step) => ({ ...step, name: step.name.slice(begin) })) };
}

function packaged({ manifest: { version = '0.0.0', troupe = {} } }: Package): Packaged {
  const { organisation, buckets = {} } = troupe;
  return {
    version,
    organisation,
    buckets: Object.fromEntries(
      Object.entries(buckets).map(([name, { ttl, maxBytes }]) => {
        const ttlMs = durationOf(ttl);
        return [name, { ...(ttlMs !== undefined && { ttlMs }), ...(maxBytes !== undefined && { maxBytes }) }];
      }),
    ),
  };
}

/** Named as it names itself at run time. */
function consoleOf(one: Package): WorkspaceConsole {
  const { name } = one.manifest;
  if (name === undefined) throw new WorkspaceError(one.path, 'is a console without a name.');
  return { app: unscoped(name), ...packaged(one) };
}

function unscoped(name: string): string {
  return name.replace(/^@[^/]+\//, '');
}

function usedBy({ produces, steps, flows }: AppDescription): CompiledContract[] {
  return [
    ...produces,
    ...steps.flatMap(({ consumes, emits }) => [...consumes, ...emits]),
    ...flows.flatMap(({ starts, ends }) => [starts, ...ends]),
  ];
}

function eachOnce(contracts: readonly CompiledContract[]): CompiledContract[] {
  const byId = new Map(contracts.map((contract) => [contract.id, contract]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
