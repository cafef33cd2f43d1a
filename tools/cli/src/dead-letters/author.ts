import { hostname, userInfo } from 'node:os';
import type { Author } from '@troupe/jetstream';
import { UsageError } from '../errors.ts';

/** @throws UsageError without a reason: every operation is recorded with one */
export function authorOf({ by, why }: { by?: string | undefined; why?: string | undefined }): Author {
  if (!why?.trim()) throw new UsageError('Say why, for the record: --why "the provider is back".');
  return { by: by?.trim() || me(), why: why.trim() };
}

/** User and machine. */
export function me(): string {
  return `${userOf()}@${hostname()}`;
}

/** A user of a container may have no name. */
function userOf(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
