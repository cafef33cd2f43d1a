import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What runs: the app of this process. */
export interface Service {
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * The app, by the package.json nearest to its main file: `@shop/payments` is `payments`. The variable that npm sets
 * comes second, since it names the package whose script was called, which may be the whole workspace.
 */
export function serviceOf(
  mainFile: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): Service | undefined {
  const manifest = mainFile === undefined ? undefined : nearestManifest(dirname(mainFile));
  const name = manifest?.name ?? variables.npm_package_name;
  return name ? { name: name.replace(/^@[^/]+\//, ''), version: manifest?.version } : undefined;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

function nearestManifest(folder: string): Manifest | undefined {
  const file = join(folder, 'package.json');
  const manifest = existsSync(file) ? readManifest(file) : undefined;
  if (manifest?.name !== undefined) {
    return manifest;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestManifest(parent);
}

function readManifest(file: string): Manifest | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return {
      ...(typeof name === 'string' && { name }),
      ...(typeof version === 'string' && { version }),
    };
  } catch {
    // A manifest that cannot be read only costs the name.
    return undefined;
  }
}
