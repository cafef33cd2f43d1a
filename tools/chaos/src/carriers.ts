import { type App, findCarrier } from '@troupe/start';
import { ChaosError } from './errors.ts';
import type { Relay } from './relay.ts';

/** Two instances of the carrier. The second one is slow: what the first one has not finished has somewhere to go, and time. */
export const CARRIERS = ['carrier', 'carrier-2'] as const;

/** For how long the slow one works on each message, in milliseconds. */
const SLOW = 100;

/**
 * @param relay their way to the broker; none when they go straight to it
 * @throws ChaosError where no carrier can run
 */
export async function carriersOn(relay: Relay | undefined, stop: AbortSignal): Promise<App[]> {
  const carrier = await findCarrier({ env: process.env, stop });
  if ('problem' in carrier) throw new ChaosError(`The run needs the carrier, and ${carrier.problem}.`);
  const way = relay === undefined ? {} : { NATS_URL: `nats://127.0.0.1:${relay.port}` };
  const [first, second] = CARRIERS;
  return [
    { ...carrier, name: first, env: way },
    { ...carrier, name: second, env: { ...way, CARRIER_WORK_MS: String(SLOW) } },
  ];
}
