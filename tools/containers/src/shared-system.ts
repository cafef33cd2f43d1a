import { beforeEach, inject } from 'vitest';
import { hindrance } from './docker.ts';
import { ComposeSystem, type SystemAddress } from './system.ts';

/** The system that `npm run test:containers` started for all spec files: whoever breaks a part of it mends it. */
export function sharedSystem(): ComposeSystem {
  withContainers();
  return new ComposeSystem(address() ?? { project: '', env: {} });
}

/** Whether there are containers for the tests of this file, which are skipped where there are none, and say why. */
export function withContainers(): boolean {
  const without = address() === undefined;
  const missing = without ? hindrance() : undefined;
  beforeEach(async ({ skip }) => skip(without, (await missing) ?? 'npm run test:containers runs it'));
  return !without;
}

function address(): SystemAddress | undefined {
  return inject('system');
}
