import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** An id as docs/reference/wire.md has it. Written down again here: what is checked must not check itself. */
export function digest(...parts: readonly string[]): string {
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return hash('sha256', text, 'base64url').slice(0, 22);
}

/** The lane of a partition key. */
export function laneOf(key: string, lanes: number): number {
  return crc32(key) % lanes;
}
