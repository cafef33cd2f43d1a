import { UsageError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A time as a person says it, RFC 3339 or an age (`90s`, `30m`, `2h`, `7d`), as RFC 3339.
 * @throws UsageError for a time that is none
 */
export function timeOf(option: string, text: string, now = Date.now()): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const time = count === undefined ? Date.parse(text) : now - Number(count) * (UNITS[unit] ?? 0);
  if (Number.isNaN(time))
    throw new UsageError(
      `${option} ${text} is neither a time such as 2026-01-31T12:00:00Z nor an age such as 2h.`,
    );
  return new Date(time).toISOString();
}

/** A time for a table, UTC: `2026-01-31 12:00:00`. */
export function shownTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** How long, for people: `12 ms`, `2.1 s`, `4 min`, `3 h`, `2 d`. */
export function shownSpan(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 1_000) return `${Math.round(span)} ms`;
  if (span < 10_000) return `${(span / 1_000).toFixed(1)} s`;
  if (span < 120_000) return `${Math.round(span / 1_000)} s`;
  if (span < 7_200_000) return `${Math.round(span / 60_000)} min`;
  if (span < 172_800_000) return `${Math.round(span / 3_600_000)} h`;
  return `${Math.round(span / 86_400_000)} d`;
}
