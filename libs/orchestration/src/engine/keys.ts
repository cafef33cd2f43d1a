import { instanceKey, keyToken } from '@troupe/jetstream';

/** Where things stand in the bucket of an app. Names of orchestrations and fan-outs are fit for a key. */
export const keys = {
  instance: instanceKey,
  fanOut: (orchestration: string, id: string, name: string): string =>
    `f.${orchestration}.${keyToken(id)}.${keyToken(name)}`,
  branch: (orchestration: string, id: string, commandId: string): string =>
    `b.${orchestration}.${keyToken(id)}.${keyToken(commandId)}`,
  /** All branches of an instance, as a subject's wildcard. */
  branches: (orchestration: string, id: string): string => `b.${orchestration}.${keyToken(id)}.*`,
  /** All instances of an orchestration, as a wildcard. */
  instances: (orchestration: string): string => `i.${orchestration}.*`,
  /** All fan-outs of an instance, as a wildcard. */
  fanOuts: (orchestration: string, id: string): string => `f.${orchestration}.${keyToken(id)}.*`,
  machine: (orchestration: string, version: number): string => `m.${orchestration}.v${version}`,
  /** All machines, as a wildcard. */
  machines: 'm.*.*',
};
