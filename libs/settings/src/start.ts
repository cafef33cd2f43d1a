import { writeSync } from 'node:fs';
import { SettingError } from './errors.ts';

let refused: readonly string[] = [];

/**
 * For what is set up by being imported, before the app can say that more is wrong. The process ends with exit code 1:
 * by whoever calls `refusedStart` and tells all at once, else as soon as its modules are loaded, with these sentences.
 */
export function refuseStart({ problems }: SettingError): void {
  refused = [...refused, ...problems];
  setImmediate(endUntold);
}

/** @throws SettingError when the start was refused; whoever catches it tells it and ends the process */
export function refusedStart(): void {
  const problems = refused;
  refused = [];
  if (problems.length > 0) throw new SettingError(problems);
}

function endUntold(): void {
  try {
    refusedStart();
  } catch (error) {
    const { code, message } = error as SettingError;
    writeSync(2, `${code}: ${message}\n`);
    process.exit(1);
  }
}
