import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WorkspaceError } from '../errors.ts';
import { type Package, sentenceOf } from './packages.ts';

/**
 * What a built file of a package exports.
 * @throws WorkspaceError when it is not there, or fails when it is imported
 */
export async function importBuilt({ folder, path }: Package, file: string): Promise<object> {
  const built = join(folder, file);
  if (!existsSync(built)) {
    throw new WorkspaceError(path, `names ${file}, which is not there: build the package first.`);
  }
  try {
    return (await import(pathToFileURL(built).href)) as object;
  } catch (error) {
    throw new WorkspaceError(path, `names ${file}, which cannot be imported: ${sentenceOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * A dependency, in the copy that the package itself uses: what it declares is known to that one alone.
 * @throws WorkspaceError when the package has none
 */
export async function importDependency<T>({ folder, path }: Package, name: string): Promise<T> {
  let resolved: string;
  try {
    resolved = createRequire(join(folder, 'package.json')).resolve(name);
  } catch {
    throw new WorkspaceError(path, `has no ${name} installed, which is needed to read the package.`);
  }
  return (await import(pathToFileURL(resolved).href)) as T;
}
