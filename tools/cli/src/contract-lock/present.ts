import { resolve } from 'node:path';
import type { CompiledContract } from '@troupe/contract';
import { documented, type Party } from '../documents/documented.ts';
import { contractsIn } from '../workspace/contract-package.ts';
import { packageAt } from '../workspace/packages.ts';
import { readWorkspace } from '../workspace/workspace.ts';

/** The contracts of the code, and who consumes them as far as that was read. */
export interface Present {
  readonly contracts: readonly CompiledContract[];
  consumersOf(contract: string): readonly Party[];
}

/**
 * The contracts of a whole workspace.
 * @throws WorkspaceError
 */
export async function presentIn(folder: string, onRead: (path: string) => void): Promise<Present> {
  const all = documented(await readWorkspace(folder, onRead));
  const consumers = new Map(all.map(({ contract, consumedBy }) => [contract.id, consumedBy]));
  return {
    contracts: all.map(({ contract }) => contract),
    consumersOf: (contract) => consumers.get(contract) ?? [],
  };
}

/**
 * The contracts of some packages alone; no app is read.
 * @throws WorkspaceError
 */
export async function presentOf(packages: readonly string[]): Promise<Present> {
  const contracts: CompiledContract[] = [];
  for (const one of packages) contracts.push(...(await contractsIn(await packageAt(resolve(one)))));
  return { contracts, consumersOf: () => [] };
}
