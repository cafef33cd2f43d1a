import { Ledger } from '../ledger.ts';
import { JOBS } from './jobs.spec.support.ts';

/** A ledger that has its store together with others, as `shared.int.spec.ts` runs it. */
const { SERVER, PREFIX = '', STORE = '' } = process.env;
if (SERVER !== undefined) {
  const ledger = await Ledger.open({
    connection: { servers: SERVER },
    prefix: PREFIX,
    store: STORE,
    choreography: JOBS,
    businessKeys: { 'job.opened.v1': ['/job'] },
  });
  process.once('SIGTERM', () => void ledger.close());
}
