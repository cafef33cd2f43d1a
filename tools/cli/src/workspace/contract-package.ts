import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledContract } from '@troupe/contract';
import { WorkspaceError } from '../errors.ts';
import { importBuilt, importDependency } from './import-built.ts';
import type { Package } from './packages.ts';

/**
 * The contracts that the entry of a package exports.
 * @throws WorkspaceError when it is not built, or one of them cannot be enforced
 */
export async function contractsIn(owner: Package): Promise<CompiledContract[]> {
  const entry = entryOf(owner.manifest.exports);
  if (entry === undefined) throw new WorkspaceError(owner.path, 'has no entry in "exports".');
  const { contractOf, isContract } = await importDependency<typeof import('@troupe/contract')>(
    owner,
    '@troupe/contract',
  );
  const exported = await importBuilt(owner, entry);
  return Object.values(exported).filter(isContract).map(contractOf);
}

/** Whether the package has an entry, and it is there. */
export function isBuilt({ folder, manifest }: Package): boolean {
  const entry = entryOf(manifest.exports);
  return entry !== undefined && existsSync(join(folder, entry));
}

/** The file that `"exports"` gives for the package's name, to whoever knows no other condition than Node's. */
function entryOf(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const given = exports as Readonly<Record<string, unknown>>;
  return entryOf(given['.'] ?? given.node ?? given.import ?? given.default);
}
