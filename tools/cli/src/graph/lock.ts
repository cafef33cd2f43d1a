import { readFile, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { WorkspaceError } from '../errors.ts';
import { sentenceOf } from '../workspace/packages.ts';
import type { Choreography } from './choreography.ts';

/** Where a workspace keeps its choreography: the set of steps and contracts that is expected to be there. */
export const LOCK = 'choreography.lock';

export async function writeLock(file: string, choreography: Choreography): Promise<void> {
  await writeFile(file, `${JSON.stringify(choreography, null, 2)}\n`);
}

/**
 * What is written down; undefined when nothing is.
 * @throws WorkspaceError when it cannot be read, or has another format
 */
export async function readLock(file: string): Promise<Choreography | undefined> {
  // What only writes a lock has no use for a ledger.
  const { ChoreographyError, readChoreography } = await import('@troupe/ledger');
  try {
    return readChoreography(JSON.parse(await readFile(file, 'utf8'))) as Choreography;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const problem =
      error instanceof ChoreographyError
        ? 'is none of this version of troupe: write it anew with troupe graph --write.'
        : `cannot be read: ${sentenceOf(error)}`;
    throw new WorkspaceError(file, problem, { cause: error });
  }
}

/** One sentence for each thing in which the code differs from what is written down. */
export function differences(lock: Choreography, code: Choreography): string[] {
  const [before, after] = [entriesOf(lock), entriesOf(code)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined) return [`${name} is in the code, but not in ${LOCK}.`];
    if (is === undefined) return [`${name} is in ${LOCK}, but not in the code.`];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])]
      .filter((key) => !isDeepStrictEqual(was[key], is[key]))
      .map((key) => `${name}: ${key} is ${told(is[key])} in the code, but ${told(was[key])} in ${LOCK}.`);
  });
}

type Entry = Readonly<Record<string, unknown>>;

/** All that is written down, each under a name that a person knows it by. */
function entriesOf({ contracts, apps }: Choreography): Map<string, Entry> {
  const entries: [string, Entry][] = [
    ...contracts.map(({ id, ...entry }): [string, Entry] => [`contract ${id}`, entry]),
    ...apps.flatMap(({ app, produces, steps, flows }): [string, Entry][] => [
      [`app ${app}`, { produces }],
      ...steps.map(({ step, ...entry }): [string, Entry] => [`step ${step}`, entry]),
      ...flows.map(({ starts, ...entry }): [string, Entry] => [`flow ${starts} of ${app}`, entry]),
    ]),
  ];
  return new Map(entries);
}

function told(value: unknown): string {
  if (value === undefined) return 'not said';
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}
