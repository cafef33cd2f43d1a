import { type Environment, readVariables, serviceUrl, type Table, type Values } from '@troupe/settings';

/** What payments reads besides what every app does. */
export const PAYMENTS_VARIABLES = {
  providerUrl: {
    name: 'PAYMENT_PROVIDER_URL',
    kind: serviceUrl,
    meaning: 'the payment provider that it [calls](../guides/order-system.md#services-outside)',
    unset: 'none: simulated',
    readBy: 'payments',
  },
} as const satisfies Table;

/** @throws SettingError naming every variable with a wrong value */
export function readPaymentsSettings(environment: Environment): Values<typeof PAYMENTS_VARIABLES> {
  return readVariables(PAYMENTS_VARIABLES, environment);
}
