/** A bit for each of so many, none set, as base64. */
export function bitsOf(total: number): string {
  return Buffer.alloc((total + 7) >> 3).toString('base64');
}

export function hasBit(bits: string, index: number): boolean {
  return ((Buffer.from(bits, 'base64')[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

export function withBit(bits: string, index: number): string {
  const bytes = Buffer.from(bits, 'base64');
  bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  return bytes.toString('base64');
}
