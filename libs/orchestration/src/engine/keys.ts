import { hash } from 'node:crypto';

/** Where things stand in the bucket of an app. Names of orchestrations and fan-outs are fit for a key. */
export const keys = {
  instance: (orchestration: string, id: string): string => `i.${orchestration}.${tokenOf(id)}`,
  fanOut: (orchestration: string, id: string, name: string): string =>
    `f.${orchestration}.${tokenOf(id)}.${tokenOf(name)}`,
  branch: (orchestration: string, id: string, commandId: string): string =>
    `b.${orchestration}.${tokenOf(id)}.${tokenOf(commandId)}`,
  /** All branches of an instance, as a subject's wildcard. */
  branches: (orchestration: string, id: string): string => `b.${orchestration}.${tokenOf(id)}.*`,
  /** All instances of an orchestration, as a wildcard. */
  instances: (orchestration: string): string => `i.${orchestration}.*`,
  /** All fan-outs of an instance, as a wildcard. */
  fanOuts: (orchestration: string, id: string): string => `f.${orchestration}.${tokenOf(id)}.*`,
  machine: (orchestration: string, version: number): string => `m.${orchestration}.v${version}`,
  /** All machines, as a wildcard. */
  machines: 'm.*.*',
};

const LONGEST = 128;
const FIT = /^[A-Za-z0-9_/-][A-Za-z0-9_=/-]*$/;

/** Strangers name their flows as they like: what a key cannot carry stands there by its digest, after a `=`. */
export function tokenOf(id: string): string {
  return id.length <= LONGEST && FIT.test(id) ? id : `=${hash('sha256', id, 'base64url')}`;
}
