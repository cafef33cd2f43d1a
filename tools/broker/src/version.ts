/** The oldest nats-server that has all that Troupe uses (message schedules, atomic batches). */
export const MINIMUM_VERSION = '2.12.0';

/** Takes the first `x.y.z` out of a text such as `nats-server: v2.15.1`. */
export function versionIn(text: string): string | undefined {
  return /\d+\.\d+\.\d+/.exec(text)?.[0];
}

/** True when `version` is `minimum` or newer. */
export function isAtLeast(version: string, minimum: string = MINIMUM_VERSION): boolean {
  const have = version.split('.').map(Number);
  const want = minimum.split('.').map(Number);
  for (let i = 0; i < want.length; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
