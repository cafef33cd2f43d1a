import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** An app of the order system, as far as starting it goes. */
export interface App {
  readonly name: string;
  /** The program that runs it, and its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Environment that this app alone gets, over what all get. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The folder of the checkout. */
export const WORKSPACE = join(import.meta.dirname, '../../..');

const PRELOADED = pathToFileURL(join(WORKSPACE, 'tools', 'start', 'dist', 'preloaded.js')).href;

const watcher: App = {
  ...appNamed('console'),
  env: { TROUPE_CHOREOGRAPHY: join(WORKSPACE, 'choreography.lock') },
};

/** What takes an order to its parcels by events alone, but for the carrier, and the console. The first one takes the orders. */
export const ORDER_APPS: readonly App[] = [
  ...['storefront', 'payments', 'inventory', 'shipping', 'notifications'].map(appNamed),
  watcher,
];

/** What fulfils an order as it is told: the orchestrator, and its workers. */
export const FULFILMENT_APPS: readonly App[] = ['fulfilment', 'picking', 'packing'].map(appNamed);

/** Every app that Node runs. */
export const NODE_APPS: readonly App[] = [...ORDER_APPS, ...FULFILMENT_APPS];

/** The app that Python runs: {@link findCarrier} has what runs it. */
export const CARRIER = 'carrier';

/** Of every app, in the order of their ports. */
export const APP_NAMES: readonly string[] = [...NODE_APPS.map(({ name }) => name), CARRIER];

function appNamed(name: string): App {
  const main = join(WORKSPACE, 'apps', name, 'dist', 'main.js');
  return { name, command: [process.execPath, '--import', PRELOADED, main] };
}
