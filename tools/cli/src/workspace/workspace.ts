import type { CompiledContract } from '@troupe/contract';
import type { AppDescription } from '@troupe/nest';
import { WorkspaceError } from '../errors.ts';
import { appIn } from './app-package.ts';
import { contractsIn } from './contract-package.ts';
import { packagesIn } from './packages.ts';

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
 * Reads every package of a workspace that says what it is to the platform: `"troupe": { "module": … }` or
 * `"troupe": { "contracts": true }` in its package.json. Both are imported as they are built.
 *
 * @param onRead called before each
 * @throws WorkspaceError
 */
export async function readWorkspace(folder: string, onRead: (path: string) => void): Promise<Workspace> {
  const packages = await packagesIn(folder);
  const apps = new Map<string, { readonly app: AppDescription; readonly path: string }>();
  const contracts: CompiledContract[] = [];
  for (const one of packages) {
    const { module, contracts: hasContracts } = one.manifest.troupe ?? {};
    if (module === undefined && !hasContracts) continue;
    onRead(one.path);
    if (hasContracts) contracts.push(...(await contractsIn(one)));
    if (module === undefined) continue;
    const app = await appIn(one, module);
    const twin = apps.get(app.app);
    if (twin !== undefined) {
      throw new WorkspaceError(
        one.path,
        `is the app ${app.app}, and so is ${twin.path}: give one another name.`,
      );
    }
    apps.set(app.app, { app, path: one.path });
  }
  const [{ folder: root, manifest }] = packages;
  const found = [...apps.values()].map(({ app }) => app).sort((a, b) => (a.app < b.app ? -1 : 1));
  return {
    folder: root,
    name: manifest.name ?? 'workspace',
    version: manifest.version ?? '0.0.0',
    apps: found,
    contracts: eachOnce([...contracts, ...found.flatMap(usedBy)]),
  };
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
