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

const watcher: App = {
  ...appNamed('console'),
  env: { TROUPE_CHOREOGRAPHY: join(WORKSPACE, 'choreography.lock') },
};

/** What takes an order to its parcels by events alone, and the console. The first one takes the orders. */
export const ORDER_APPS: readonly App[] = [
  ...['storefront', 'payments', 'inventory', 'shipping', 'notifications'].map(appNamed),
  watcher,
];

/** What fulfils an order as it is told: the orchestrator, and its workers. */
export const FULFILMENT_APPS: readonly App[] = ['fulfilment', 'picking', 'packing'].map(appNamed);

/** Every app, in the order of their ports. */
export const APPS: readonly App[] = [...ORDER_APPS, ...FULFILMENT_APPS];

function appNamed(name: string): App {
  return { name, main: join(WORKSPACE, 'apps', name, 'dist', 'main.js') };
}
