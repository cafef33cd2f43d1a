import { join } from 'node:path';

/** An app of the order system, as far as starting it goes. */
export interface App {
  readonly name: string;
  /** The built file that runs it. */
  readonly main: string;
  /** Environment that this app alone gets, over what all get. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The folder of the checkout. */
export const WORKSPACE = join(import.meta.dirname, '../../..');

/** Every app of the order system, in the order of their ports. The first one takes the orders. */
export const APPS: readonly App[] = [
  ...['storefront', 'payments', 'inventory', 'shipping', 'notifications'].map(appNamed),
  { ...appNamed('console'), env: { TROUPE_CHOREOGRAPHY: join(WORKSPACE, 'choreography.lock') } },
];

function appNamed(name: string): App {
  return { name, main: join(WORKSPACE, 'apps', name, 'dist', 'main.js') };
}
