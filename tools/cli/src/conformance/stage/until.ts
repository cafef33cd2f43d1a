import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 20;

/** Resolves to true when the condition holds, to false when it did not within the time. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await delay(LOOK_MS);
  }
  return true;
}
