import { Ledger } from '../ledger.ts';
import { SHOP } from '../shop.spec.support.ts';
import { Watchdog } from './watchdog.ts';

/** The process that `takeover.e2e.spec.ts` runs: a ledger and a watchdog of an environment. */
const { SERVER = '', PREFIX = '', WEBHOOK_URL = '', WEBHOOK_SECRET = '' } = process.env;
const common = { connection: { servers: SERVER }, prefix: PREFIX, choreography: SHOP };
const ledger = await Ledger.open({ ...common, store: ':memory:' });
Watchdog.start({
  ...common,
  ledger,
  webhook: { url: WEBHOOK_URL, secret: WEBHOOK_SECRET },
  everyMs: 50,
  patienceMs: 500,
  leaseMs: 1_000,
});
