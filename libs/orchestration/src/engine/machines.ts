import { isDeepStrictEqual } from 'node:util';
import type { Definition } from '../definition/definition.ts';
import { structureOf } from '../structure.ts';
import type { Bucket } from './bucket.ts';
import { keys } from './keys.ts';

/** Writes the structure of each machine that this build knows, for diagrams: where it is not there as it is. */
export async function tellMachines(bucket: Bucket, { name, machines }: Definition): Promise<void> {
  for (const [version, { machine }] of machines) {
    const key = keys.machine(name, version);
    const structure = structureOf(machine);
    const { record, revision } = await bucket.get(key);
    // Another instance of the app that is faster writes the same.
    if (!isDeepStrictEqual(record, structure)) await bucket.put(key, structure, revision);
  }
}
