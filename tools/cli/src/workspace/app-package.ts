import type { AppDescription, describeApp } from '@troupe/nest';
import { WorkspaceError } from '../errors.ts';
import { importBuilt, importDependency } from './import-built.ts';
import { type Package, sentenceOf } from './packages.ts';

type Module = Parameters<typeof describeApp>[0];

/** Where Nest's `@Module` leaves what it was given; a module has all four, or those that were given. */
const MODULE_KEYS = ['imports', 'providers', 'controllers', 'exports'];

/**
 * Describes the app of a package by its module; nothing of it is started.
 * @param file the built file, which exports one Nest module
 * @throws WorkspaceError when there is none, and for what the app itself would refuse when it starts
 */
export async function appIn(owner: Package, file: string): Promise<AppDescription> {
  const exported = await importBuilt(owner, file);
  const modules = Object.values(exported).filter(isModule);
  const [module, ...others] = modules;
  if (module === undefined || others.length > 0) {
    throw new WorkspaceError(
      owner.path,
      `names ${file}, which exports ${modules.length} Nest modules: let it export the app's root module alone.`,
    );
  }
  const nest = await importDependency<typeof import('@troupe/nest')>(owner, '@troupe/nest');
  try {
    return await nest.describeApp(module);
  } catch (error) {
    throw new WorkspaceError(owner.path, `names an app that cannot run: ${sentenceOf(error)}`, {
      cause: error,
    });
  }
}

function isModule(exported: unknown): exported is Module {
  return typeof exported === 'function' && MODULE_KEYS.some((key) => Reflect.hasOwnMetadata(key, exported));
}
