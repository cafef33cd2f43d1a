import { useEffect } from 'react';
import { useAnswer } from '../api/answer.ts';
import type { StepsPage as Page, QueueView, StepView } from '../api/answers.ts';
import { duration } from '../parts/duration.ts';
import { Freshness, nowOf } from '../parts/freshness.tsx';
import { Ago } from '../parts/moment.tsx';
import { TroubleNote } from '../parts/trouble.tsx';

const EVERY_MS = 5_000;

/** Every step: how its work goes, and who does it. */
export function StepsPage() {
  const asked = useAnswer<Page>('/steps', () => EVERY_MS);
  const { answer } = asked;
  const isThere = answer !== undefined;
  useEffect(() => {
    if (isThere) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [isThere]);
  return (
    <>
      <title>Steps – Troupe</title>
      <h1>Steps</h1>
      <TroubleNote of={asked} />
      {isThere && <Steps steps={answer.steps} now={nowOf(answer)} />}
      <Freshness of={asked} />
    </>
  );
}

function Steps({ steps, now }: { readonly steps: readonly StepView[]; readonly now: number }) {
  if (steps.length === 0)
    return <p className="quiet">No step is declared, and none has a consumer in the broker.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled must be reached by keyboard.
    <section className="wide" aria-label="Steps" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Takes</th>
            <th scope="col">Waiting</th>
            <th scope="col">In flight</th>
            <th scope="col" title="Acknowledged each second, over the last 30 s">
              Rate
            </th>
            <th
              scope="col"
              title="From stored to acknowledged: half of the last 1,000 messages, and 99 of 100"
            >
              Critical time (p50, p99)
            </th>
            <th scope="col">Retries</th>
            <th scope="col">Last seen</th>
          </tr>
        </thead>
        {steps.map((step) => (
          <Step key={step.step} of={step} now={now} />
        ))}
      </table>
    </section>
  );
}

function Step({
  of: { step, queues, instances, within },
  now,
}: {
  readonly of: StepView;
  readonly now: number;
}) {
  return (
    <tbody id={step}>
      <tr>
        <th scope="rowgroup" colSpan={7}>
          {step.replace('__', '/')} <Instances count={instances} waiting={queues.some(hasWork)} />
          {within !== undefined && <span className="quiet">, due within {within}</span>}
        </th>
      </tr>
      {queues.map((queue) => (
        <Queue key={queue.subject} of={queue} now={now} />
      ))}
    </tbody>
  );
}

function Instances({ count, waiting }: { readonly count: number | undefined; readonly waiting: boolean }) {
  if (count === undefined) return <span className="quiet">instances: not known</span>;
  if (count > 0) return <span className="quiet">{count === 1 ? '1 instance' : `${count} instances`}</span>;
  return (
    <span className={`state ${waiting ? 'is-failed' : 'is-waiting'}`}>
      <span aria-hidden="true">{waiting ? '✕' : '…'}</span> no instance
    </span>
  );
}

function Queue({ of, now }: { readonly of: QueueView; readonly now: number }) {
  const { subject, hasConsumer, waiting, inFlight, perSecond, criticalMs, retries, lastSeenAt } = of;
  return (
    <tr>
      <th scope="row">
        <code>{subject}</code>
      </th>
      {hasConsumer ? (
        <>
          <td>{waiting}</td>
          <td>{inFlight}</td>
          <td>{perSecond === 0 ? '–' : `${perSecond.toFixed(1)}/s`}</td>
          <td>{criticalMs ? `${duration(criticalMs.p50)}, ${duration(criticalMs.p99)}` : '–'}</td>
          <td>{retries}</td>
          <td>{lastSeenAt === undefined ? 'not yet' : <Ago at={lastSeenAt} now={now} />}</td>
        </>
      ) : (
        <td colSpan={6}>
          <span className="state is-failed">
            <span aria-hidden="true">✕</span> no consumer
          </span>
          : nobody takes it
        </td>
      )}
    </tr>
  );
}

function hasWork({ waiting, inFlight }: QueueView): boolean {
  return waiting > 0 || inFlight > 0;
}
