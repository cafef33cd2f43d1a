import type { CompiledContract } from '@troupe/contract';
import type { AppDescription } from '@troupe/nest';
import { WorkspaceError } from '../errors.ts';
import { appIn } from './app-package.ts';
import { contractsIn } from './contract-package.ts';
import { foreignApp } from './foreign-app.ts';
import { type Package, packagesIn } from './packages.ts';

/** The apps and contracts of a workspace, by its code. */
export interface Workspace {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** In the order of their names. */
  readonly apps: readonly AppDescription[];
  /** Those of contract packages and those that apps use, each once, in the order of their ids. */
  readonly contracts: readonly CompiledContract[];
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
    apps,
    contracts: eachOnce([...contracts, ...apps.flatMap(usedBy)]),
  };
}

async function appsIn(
  packages: readonly Package[],
  contracts: readonly CompiledContract[],
  onRead: (path: string) => void,
): Promise<AppDescription[]> {
  const apps = new Map<string, { readonly app: AppDescription; readonly path: string }>();
  const add = (app: AppDescription, path: string): void => {
    const twin = apps.get(app.app);
    if (twin !== undefined) {
      throw new WorkspaceError(path, `is the app ${app.app}, and so is ${twin.path}: give one another name.`);
    }
    apps.set(app.app, { app, path });
  };
  for (const one of packages) {
    const { module, app } = one.manifest.troupe ?? {};
    if (module === undefined && app === undefined) continue;
    onRead(one.path);
    if (module !== undefined) add(await appIn(one, module), one.path);
    if (app !== undefined) add(await foreignApp(one, app, contracts), one.path);
  }
  return [...apps.values()].map(({ app }) => app).sort((a, b) => (a.app < b.app ? -1 : 1));
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
