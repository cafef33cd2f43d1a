import { onTestFinished } from 'vitest';
import type { Ledger } from '../ledger.ts';
import { SHOP } from '../shop.spec.support.ts';
import { type Stage, until } from '../stage.spec.support.ts';
import type { AlertKind } from './alert.ts';
import type { FiringAlert } from './firing.ts';
import { Watchdog, type WatchdogOptions } from './watchdog.ts';

/** A watchdog of a stage that looks often and is patient for a moment only. It ends with the test. */
export function watchdogOf(stage: Stage, ledger: Ledger, options: Partial<WatchdogOptions> = {}): Watchdog {
  const watchdog = Watchdog.start({
    ledger,
    connection: { servers: stage.server.url },
    prefix: stage.prefix,
    choreography: SHOP,
    everyMs: 50,
    patienceMs: 500,
    leaseMs: 1_500,
    ...options,
  });
  onTestFinished(() => watchdog.stop());
  return watchdog;
}

/** The first alert of a kind, once it fires. */
export function firing(watchdog: Watchdog, kind: AlertKind): Promise<FiringAlert> {
  return until(
    `${kind} fires`,
    () => watchdog.alerts().alerts.find((alert) => alert.kind === kind),
    20_000,
    () => watchdog.alerts(),
  );
}

/** Resolves when no alert of a kind fires. */
export async function over(watchdog: Watchdog, kind: AlertKind): Promise<void> {
  await until(
    `${kind} is over`,
    () => !watchdog.alerts().alerts.some((alert) => alert.kind === kind),
    20_000,
    () => watchdog.alerts(),
  );
}
