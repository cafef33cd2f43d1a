import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
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
    /** The file in which an app in another language says what `module` says of one in TypeScript: `./troupe.json`. */
    readonly app?: string;
    /** The organisation that the app belongs to, when it is not the workspace's own. */
    readonly organisation?: string;
    /** Whether it is the console, which reads everything. */
    readonly console?: boolean;
    /** Key-value buckets that the app has besides the runtime's, and what bounds them. */
    readonly buckets?: Readonly<Record<string, BucketBounds>>;
  };
}

export interface BucketBounds {
  /** How long an entry is kept: `1d`. Default: for ever. */
  readonly ttl?: string;
  /** Default: no bound. */
  readonly maxBytes?: number;
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
  const without = new Set(
    foldersOf(
      patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1)),
      root,
    ),
  );
  const members = foldersOf(
    patterns.filter((one) => !one.startsWith('!')),
    root,
  )
    .filter((one) => !without.has(one) && existsSync(join(one, 'package.json')))
    .sort();
  return [own, ...(await Promise.all(members.map((one) => packageAt(one, root))))];
}

function foldersOf(patterns: readonly string[], root: string): string[] {
  const found = globSync([...patterns], { cwd: root }).filter(
    (path) => !path.split(sep).includes('node_modules'),
  );
  return [...new Set(found.map((path) => join(root, path)))].filter((folder) => folder !== root);
}

/**
 * The package in a folder.
 * @param root what people know its path from; default: nothing, the path is the whole one
 * @throws WorkspaceError when it cannot be read
 */
export async function packageAt(folder: string, root?: string): Promise<Package> {
  const file = join(folder, 'package.json');
  const path = root === undefined ? file : relative(root, file);
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new WorkspaceError(path, `cannot be read: ${sentenceOf(error)}`, { cause: error });
  }
  if (!isManifest(manifest)) {
    throw new WorkspaceError(path, `is wrong: ${ajv.errorsText(isManifest.errors, { dataVar: 'it' })}.`);
  }
  return { folder, path, manifest };
}

const ajv = new Ajv2020();
const texts = { type: 'array', items: { type: 'string' } };
/** Of what is read; what else stands in a package.json is for others. */
const isManifest = ajv.compile<Manifest>({
  type: 'object',
  properties: {
    name: { type: 'string' },
    version: { type: 'string' },
    workspaces: { anyOf: [texts, { type: 'object', properties: { packages: texts } }] },
    troupe: {
      type: 'object',
      properties: {
        module: { type: 'string' },
        contracts: { type: 'boolean' },
        app: { type: 'string' },
        organisation: { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 64 },
        console: { type: 'boolean' },
        buckets: {
          type: 'object',
          propertyNames: { pattern: '^[A-Za-z0-9_-]{1,128}$' },
          additionalProperties: {
            type: 'object',
            properties: {
              ttl: { type: 'string', pattern: '^[1-9][0-9]{0,8}(ms|s|m|h|d)$' },
              maxBytes: { type: 'integer', minimum: 1 },
            },
            additionalProperties: false,
          },
        },
      },
      additionalProperties: false,
    },
  },
});

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
