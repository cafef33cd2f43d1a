import { type Environment, readVariables, serviceUrl, type Table, type Values } from '@troupe/settings';

/** What shipping reads besides what every app does. */
export const SHIPPING_VARIABLES = {
  carrierUrl: {
    name: 'CARRIER_URL',
    kind: serviceUrl,
    meaning: 'the carrier that it [tells](../guides/order-system.md#services-outside) of parcels',
    unset: 'none: simulated',
    readBy: 'shipping',
  },
} as const satisfies Table;

/** @throws SettingError naming every variable with a wrong value */
export function readShippingSettings(environment: Environment): Values<typeof SHIPPING_VARIABLES> {
  return readVariables(SHIPPING_VARIABLES, environment);
}
