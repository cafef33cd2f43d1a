import type { TopologyDifference } from '../errors.ts';

/** The declared settings that the broker has otherwise. Settings that are not declared are the broker's own. */
export function differences(
  what: string,
  declared: object,
  inBroker: object,
  ignored: readonly string[] = [],
): TopologyDifference[] {
  const actual = inBroker as Record<string, unknown>;
  return Object.entries(declared)
    .filter(([setting, value]) => !ignored.includes(setting) && !same(value, actual[setting]))
    .map(([setting, value]) => ({ what, setting, inBroker: actual[setting] ?? null, declared: value }));
}

/** The server leaves out what is false, zero or empty. */
function same(declared: unknown, inBroker: unknown): boolean {
  if (inBroker === undefined) return declared === false || declared === 0 || declared === undefined;
  if (Array.isArray(declared) && Array.isArray(inBroker)) {
    return JSON.stringify([...declared].sort()) === JSON.stringify([...inBroker].sort());
  }
  return declared === inBroker;
}
