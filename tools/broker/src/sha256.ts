import { createHash } from 'node:crypto';

/** The sha256 of some bytes, in lower-case hex. */
export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
