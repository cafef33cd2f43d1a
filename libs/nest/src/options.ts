import type { RuntimeOptions } from '@troupe/jetstream';

/**
 * What `TroupeModule.forRoot` takes: the runtime's options, without the steps, which are found. Environment variables
 * say where an app runs, and outrank what stands here.
 */
export interface TroupeOptions extends Omit<RuntimeOptions, 'version' | 'steps'> {
  /** Default: the version in the package.json nearest to the process' main file, else `0.0.0`. */
  readonly version?: string;
  /** How long handlers may go on when the app stops, in ms. Default 10,000. */
  readonly shutdownGraceMs?: number;
}

/** Token of the options in Nest's injector. */
export const TROUPE_OPTIONS = Symbol('troupe:options');
