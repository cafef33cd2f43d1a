/** Which flows are asked for, as the address of the page says it; empty for what does not matter. */
export interface Filter {
  readonly state: string;
  readonly type: string;
  /** One of `SINCE`. */
  readonly since: string;
  /** Where the page before ended. */
  readonly cursor: string;
}

/** How far back, by what the address says. */
export const SINCE: Readonly<Record<string, { readonly name: string; readonly ms: number }>> = {
  '10m': { name: 'in the last 10 minutes', ms: 600_000 },
  '1h': { name: 'in the last hour', ms: 3_600_000 },
  '1d': { name: 'in the last day', ms: 86_400_000 },
  '7d': { name: 'in the last 7 days', ms: 604_800_000 },
};

/** What the address says, the parts that it may have. */
export function filterOf(asked: URLSearchParams): Filter {
  const part = (name: string): string => asked.get(name)?.trim() ?? '';
  return { state: part('state'), type: part('type'), since: part('since'), cursor: part('cursor') };
}

/** The parts that matter, for an address. */
export function partsOf(filter: Filter): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''));
}

/**
 * What the console is asked for. The time is of the minute, so that an answer of this minute is one to be refreshed, and
 * none to another question.
 */
export function queryOf(filter: Filter, now: number): string {
  const { since, ...parts } = partsOf(filter);
  const span = since === undefined ? undefined : SINCE[since];
  const from = span && new Date(Math.floor((now - span.ms) / 60_000) * 60_000).toISOString();
  return new URLSearchParams({ ...parts, ...(from !== undefined && { since: from }) }).toString();
}
