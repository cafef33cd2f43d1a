import type { TestProject } from 'vitest/node';
import { hindrance } from './docker.ts';
import { ComposeSystem, type SystemAddress } from './system.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the system that all spec files share. */
    system: SystemAddress;
  }
}

/** Starts the shared system before the first spec file, and ends it after the last one. Vitest calls it. */
export default async function start(project: TestProject): Promise<() => Promise<void>> {
  const missing = await hindrance();
  if (missing !== undefined) throw new Error(`No container can be run: ${missing}.`);
  const system = await ComposeSystem.start();
  project.provide('system', system.address);
  return () => system.stop();
}
