const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A deadline as it is declared, `30s`, in ms; undefined for what is none. */
export function durationOf(text: string | undefined): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,8})(ms|s|m|h|d)$/.exec(text ?? '') ?? [];
  return count === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** How long, for people: `310 ms`, `2.1 s`, `4 min`, `3 h`, `2 d`. */
export function told(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 1_000) return `${Math.round(span)} ms`;
  if (span < 10_000) return `${(span / 1_000).toFixed(1)} s`;
  if (span < 120_000) return `${Math.round(span / 1_000)} s`;
  if (span < 2 * UNITS.h) return `${Math.round(span / UNITS.m)} min`;
  if (span < 2 * UNITS.d) return `${Math.round(span / UNITS.h)} h`;
  return `${Math.round(span / UNITS.d)} d`;
}
