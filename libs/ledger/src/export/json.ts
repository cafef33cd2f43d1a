import type { Flow } from '../model/flow.ts';

/** A flow as JSON, times in RFC 3339 where a person reads them: `at`, `nextAt`, `since` and their like. */
export function jsonOf(flow: Flow): string {
  return JSON.stringify(flow, timeAsText, 2);
}

function timeAsText(name: string, value: unknown): unknown {
  const isTime = typeof value === 'number' && (name === 'at' || name === 'since' || name.endsWith('At'));
  return isTime && Number.isFinite(value) ? new Date(value).toISOString() : value;
}
