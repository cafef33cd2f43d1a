import { crc32 } from 'node:zlib';

/** Lanes of a stream unless it was made with another count. Fixed when the stream is made. */
export const DEFAULT_LANES = 32;

/** CRC-32 (IEEE) of the key's UTF-8 bytes modulo the lane count: the same in every language. */
export function laneOf(partitionKey: string, lanes: number): number {
  return crc32(partitionKey) % lanes;
}
