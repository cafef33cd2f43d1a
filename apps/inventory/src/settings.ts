import {
  type Environment,
  readVariables,
  serviceUrl,
  type Table,
  type Values,
  whole,
} from '@troupe/settings';

/** What inventory reads besides what every app does. */
export const INVENTORY_VARIABLES = {
  units: {
    name: 'INVENTORY_UNITS',
    kind: whole(0, 1_000_000_000),
    meaning: 'pieces of each product when the stock is first made',
    default: 1_000_000,
    readBy: 'inventory',
  },
  warehouseUrl: {
    name: 'WAREHOUSE_URL',
    kind: serviceUrl,
    meaning: 'the warehouse that it [tells](../guides/order-system.md#services-outside) of reservations',
    unset: 'none: simulated',
    readBy: 'inventory',
  },
} as const satisfies Table;

/** @throws SettingError naming every variable with a wrong value */
export function readInventorySettings(environment: Environment): Values<typeof INVENTORY_VARIABLES> {
  return readVariables(INVENTORY_VARIABLES, environment);
}
