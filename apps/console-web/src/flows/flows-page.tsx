import { Link, useSearchParams } from 'wouter';
import { useAnswer } from '../api/answer.ts';
import type { FlowSummary, FlowsPage as Page } from '../api/answers.ts';
import { duration } from '../parts/duration.ts';
import { Freshness, nowOf } from '../parts/freshness.tsx';
import { Ago, Time } from '../parts/moment.tsx';
import { State } from '../parts/state.tsx';
import { TroubleNote } from '../parts/trouble.tsx';
import { flowsAddress, whereAddress } from '../search/addresses.ts';
import { filterOf, partsOf, queryOf } from './filter.ts';
import { FilterForm } from './filter-form.tsx';

const EVERY_MS = 5_000;

/** Flows by state, type and time, youngest first, a page at a time. */
export function FlowsPage() {
  const [asked] = useSearchParams();
  const filter = filterOf(asked);
  const answered = useAnswer<Page>(`/flows?${queryOf(filter, Date.now())}`, () => EVERY_MS);
  const { answer } = answered;
  return (
    <>
      <title>Flows – Troupe</title>
      <h1>Flows</h1>
      <FilterForm key={asked.toString()} filter={filter} />
      <TroubleNote of={answered} />
      {answer !== undefined && <Flows of={answer} />}
      <nav aria-label="Pages" className="links">
        {filter.cursor !== '' && (
          <Link href={flowsAddress(partsOf({ ...filter, cursor: '' }))}>Youngest flows</Link>
        )}
        {answer?.cursor !== undefined && (
          <Link href={flowsAddress(partsOf({ ...filter, cursor: answer.cursor }))}>Older flows</Link>
        )}
      </nav>
      <Freshness of={answered} />
    </>
  );
}

function Flows({ of: answer }: { readonly of: Page }) {
  const { flows, knownSince, cursor } = answer;
  const now = nowOf(answer);
  return (
    <>
      {flows.length === 0 ? (
        <p className="quiet">
          {cursor === undefined ? 'There are no such flows.' : 'There are none on this page.'}
        </p>
      ) : (
        <ul className="flows">
          {flows.map((flow) => (
            <Item key={flow.id} flow={flow} now={now} />
          ))}
        </ul>
      )}
      {knownSince !== undefined && (
        <p className="quiet">
          What was stored before <Time at={Date.parse(knownSince)} text={knownSince} /> is purged.
        </p>
      )}
    </>
  );
}

function Item({ flow, now }: { readonly flow: FlowSummary; readonly now: number }) {
  const { id, state, type, sentence, startedAt, lastAt } = flow;
  return (
    <li>
      <p>
        <State state={state} /> <Link href={whereAddress(id)}>{id}</Link>
      </p>
      <p>{sentence}</p>
      <p className="quiet">
        <code>{type}</code>, began <Ago at={startedAt} now={now} />, last message{' '}
        {duration(lastAt - startedAt)} after that
      </p>
    </li>
  );
}
