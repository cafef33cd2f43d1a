import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { WorkspaceError } from '../errors.ts';

/** One package of a workspace. */
export interface Package {
  /** Absolute. */
  readonly folder: string;
  /** Its package.json, as a person finds it. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** What is read of a package.json. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly exports?: unknown;
  /** What the package is to the platform. */
  readonly troupe?: {
    /** The built file with the root module of an app: `./dist/payments.module.js`. */
    readonly module?: string;
    /** Whether the package's entry exports contracts. */
    readonly contracts?: boolean;
  };
}

/**
 * The package in a folder and those that its `workspaces` name (npm, Yarn), in the order of their paths.
 * @throws WorkspaceError when there is no package, or one that cannot be read
 */
export async function packagesIn(folder: string): Promise<readonly [root: Package, ...others: Package[]]> {
  const root = resolve(folder);
  const own = await packageAt(root);
  const { workspaces = [] } = own.manifest;
  const patterns = 'packages' in workspaces ? (workspaces.packages ?? []) : (workspaces as readonly string[]);
  const folders = globSync(
    patterns.filter((pattern) => !pattern.startsWith('!')),
    {
      cwd: root,
      exclude: ['**/node_modules', ...patterns.filter((p) => p.startsWith('!')).map((p) => p.slice(1))],
    },
  );
  const members = [...new Set(folders.map((one) => join(root, one)))]
    .filter((one) => one !== root && existsSync(join(one, 'package.json')))
    .sort();
  return [own, ...(await Promise.all(members.map((one) => packageAt(one, root))))];
}

/**
 * The package in a folder.
 * @param root what people know its path from; default: nothing, the path is the whole one
 * @throws WorkspaceError when it cannot be read
 */
export async function packageAt(folder: string, root?: string): Promise<Package> {
  const file = join(folder, 'package.json');
  const path = root === undefined ? file : relative(root, file);
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest;
  } catch (error) {
    throw new WorkspaceError(path, `cannot be read: ${sentenceOf(error)}`, { cause: error });
  }
  return { folder, path, manifest };
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
