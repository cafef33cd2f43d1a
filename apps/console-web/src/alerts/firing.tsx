import { Link } from 'wouter';
import { useAnswer } from '../api/answer.ts';
import type { Alert, Alerts } from '../api/answers.ts';
import { Freshness, nowOf } from '../parts/freshness.tsx';
import { Ago } from '../parts/moment.tsx';
import { TroubleNote } from '../parts/trouble.tsx';
import { whereAddress } from '../search/addresses.ts';

/** As often as the watchdog looks. */
const EVERY_MS = 5_000;

/** The alerts that fire, those that began last first. */
export function Firing() {
  const asked = useAnswer<Alerts>('/alerts', () => EVERY_MS);
  const { answer } = asked;
  return (
    <>
      <TroubleNote of={asked} />
      {answer !== undefined && <List {...answer} now={nowOf(answer)} />}
      <Freshness of={asked} />
    </>
  );
}

function List({ alerts, lookedAt, now }: Alerts & { readonly now: number }) {
  if (lookedAt === 0) return <p className="quiet">The watchdog has not looked yet.</p>;
  if (alerts.length === 0)
    return (
      <p className="quiet">
        <span aria-hidden="true">✓</span> Everything goes on: the watchdog looked{' '}
        <Ago at={lookedAt} now={now} />.
      </p>
    );
  return (
    <ul className="alerts">
      {alerts
        .toSorted((a, b) => b.since - a.since)
        .map((alert) => (
          <Item key={alert.id} alert={alert} now={now} />
        ))}
    </ul>
  );
}

function Item({
  alert: { kind, sentence, since, step, flow },
  now,
}: {
  readonly alert: Alert;
  readonly now: number;
}) {
  return (
    <li>
      <p>
        <span className="state is-stalled">
          <span aria-hidden="true">!</span> {kind}
        </span>{' '}
        began <Ago at={since} now={now} />
      </p>
      <p>{sentence}</p>
      <p className="links">
        {flow !== undefined && <Link href={whereAddress(flow)}>A flow that it concerns</Link>}
        {step !== undefined && <Link href={`/ui/steps#${step}`}>The step {step.replace('__', '/')}</Link>}
      </p>
    </li>
  );
}
