import { describe, expect, it } from 'vitest';
import { DEFAULT_LANES, laneOf } from './lane.ts';

describe('a lane', () => {
  it.each([
    ['', 0x00000000],
    ['a', 0xe8b7be43],
    ['123456789', 0xcbf43926],
    ['4711', 0xe8aa4477],
    ['order-1', 0xe0b37fef],
    ['zürich', 0x1cb690a2],
    ['京都', 0x6290a1a9],
    ['👍', 0xaa3e72b0],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ] as const)('of %j is CRC-32 (IEEE) of its UTF-8 bytes, modulo the lane count', (key, crc) => {
    expect(laneOf(key, 2 ** 32)).toBe(crc);
    expect(laneOf(key, DEFAULT_LANES)).toBe(crc % 32);
    expect(laneOf(key, 1)).toBe(0);
  });

  it('spreads keys over all lanes', () => {
    const lanes = new Set(Array.from({ length: 1_000 }, (_, i) => laneOf(`order-${i}`, DEFAULT_LANES)));
    expect(lanes.size).toBe(DEFAULT_LANES);
  });
});
