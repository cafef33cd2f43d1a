import type { CompiledMachine, Definition } from '../definition/definition.ts';
import { SnapshotVersionError } from '../errors.ts';
import type { InstanceRecord } from '../record.ts';
import { freezePlain } from './plain.ts';
import { restored } from './state.ts';

/**
 * The machine that an instance goes on with, and its record for that machine: the version that it began on, or the
 * present one after a migration.
 * @throws SnapshotVersionError when this build has neither
 */
export function machineFor(
  definition: Definition,
  record: InstanceRecord,
): { readonly compiled: CompiledMachine; readonly record: InstanceRecord } {
  const compiled = definition.machines.get(record.version);
  if (compiled !== undefined) return { compiled, record: known(compiled, record) };
  const migrate = definition.options.migrate?.[record.version];
  const refuse = (problem: string, cause?: unknown): never => {
    throw new SnapshotVersionError(record.orchestration, record.id, record.version, problem, { cause });
  };
  if (migrate === undefined) return refuse(`this build has version ${definition.version} and no way to it`);
  const present = definition.machines.get(definition.version) as CompiledMachine;
  try {
    const snapshot = record.snapshot && migrate(structuredClone(record.snapshot));
    if (snapshot !== null) {
      freezePlain(snapshot.context, 'context');
      restored(present, snapshot);
    }
    return {
      compiled: present,
      record: known(present, { ...record, version: definition.version, snapshot }),
    };
  } catch (error) {
    if (error instanceof SnapshotVersionError) throw error;
    return refuse(`its migration failed: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** Every command that is waited for is one of the machine: else nobody could say what answers it. */
function known({ commands, fanOuts }: CompiledMachine, record: InstanceRecord): InstanceRecord {
  const open = record.commands.filter(({ status, undoes }) => status === 'open' && undoes === undefined);
  const unknown = [
    ...open.filter(({ name }) => !commands.has(name)),
    ...record.fanOuts.filter(({ name, status }) => status === 'open' && !fanOuts.has(name)),
  ];
  if (unknown[0] === undefined) return record;
  throw new SnapshotVersionError(
    record.orchestration,
    record.id,
    record.version,
    `it waits for "${unknown[0].name}", which this machine never dispatches`,
  );
}
