import { SettingError } from '@troupe/nest';

const DEFAULT_UNITS = 1_000_000;
const MOST_UNITS = 1_000_000_000;

/**
 * `INVENTORY_UNITS`: pieces of each product when the stock is first made; a million unless set.
 * @throws SettingError
 */
export function unitsIn(variables: NodeJS.ProcessEnv): number {
  const value = variables.INVENTORY_UNITS?.trim() || undefined;
  if (value === undefined) return DEFAULT_UNITS;
  if (/^\d{1,10}$/.test(value) && Number(value) <= MOST_UNITS) return Number(value);
  throw new SettingError([
    `INVENTORY_UNITS is "${value}", but must be a whole number from 0 to ${MOST_UNITS}.`,
  ]);
}
