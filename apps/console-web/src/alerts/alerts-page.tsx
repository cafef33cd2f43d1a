import { Link } from 'wouter';
import { flowsAddress } from '../search/addresses.ts';
import { Firing } from './firing.tsx';

/** What does not go on now. */
export function AlertsPage() {
  return (
    <>
      <title>Alerts – Troupe</title>
      <h1>What does not go on</h1>
      <Firing />
      <p className="links">
        <Link href={flowsAddress({ state: 'stalled' })}>Stalled flows</Link>
        <Link href={flowsAddress({ state: 'failed' })}>Failed flows</Link>
      </p>
    </>
  );
}
