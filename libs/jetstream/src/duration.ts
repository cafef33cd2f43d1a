const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as `within` takes it, a whole number from 1 and `ms`, `s`, `m`, `h` or `d`, in ms; else undefined. */
export function durationOf(text: string | undefined): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,8})(ms|s|m|h|d)$/.exec(text ?? '') ?? [];
  return count === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** Whether it is such a length of time. */
export function isDuration(text: string): boolean {
  return durationOf(text) !== undefined;
}
