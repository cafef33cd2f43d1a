import { Link, useSearchParams } from 'wouter';
import { useAnswer } from '../api/answer.ts';
import type { Whereabouts } from '../api/answers.ts';
import { Freshness, nowOf } from '../parts/freshness.tsx';
import { State } from '../parts/state.tsx';
import { TroubleNote } from '../parts/trouble.tsx';
import { whereAddress } from '../search/addresses.ts';
import { FlowView } from './flow-view.tsx';

const RUNNING_MS = 1_000;
const HELD_UP_MS = 5_000;
/** What is completed changes no more, but for how long ago that was, and for a dead letter that is redriven. */
const COMPLETED_MS = 30_000;

/** Where it is: one sentence, and the flows that the key leads to. */
export function WherePage() {
  const [asked] = useSearchParams();
  const key = asked.get('key')?.trim() ?? '';
  return (
    <>
      <title>{`${key} – Troupe`}</title>
      {key === '' ? <p>Say above what to look for.</p> : <Where key={key} of={key} />}
    </>
  );
}

function Where({ of }: { readonly of: string }) {
  const asked = useAnswer<Whereabouts>(`/where/${encodeURIComponent(of)}`, everyMs);
  const { answer } = asked;
  const [first] = answer?.flows ?? [];
  return (
    <>
      <h1 className="sentence">{answer?.sentence ?? <>Where is {of}?</>}</h1>
      {/* The sentence changes with every second; only this is read out. */}
      <p role="status" className="heard">
        {first && `${of} is ${first.state}.`}
      </p>
      <TroubleNote of={asked} />
      {answer !== undefined && <Flows of={answer} />}
      <Freshness of={asked} />
    </>
  );
}

function Flows({ of: answer }: { readonly of: Whereabouts }) {
  const { flows, matches } = answer;
  const now = nowOf(answer);
  const [first, ...more] = flows;
  const kindsOf = (id: string) => matches.find(({ flow }) => flow === id)?.kinds ?? [];
  if (first === undefined) return null;
  return (
    <>
      <FlowView flow={first} foundBy={kindsOf(first.id)} now={now} />
      {more.length > 0 && (
        <section aria-labelledby="more">
          <h2 id="more">It leads to {more.length} more</h2>
          <ul className="more">
            {more.map(({ id, state, sentence }) => (
              <li key={id}>
                <State state={state} /> <Link href={whereAddress(id)}>{id}</Link>, found by{' '}
                {kindsOf(id).join(', ')}: {sentence}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function everyMs(answer: Whereabouts | undefined): number {
  const states = answer?.flows.map(({ state }) => state) ?? [];
  if (states.includes('running')) return RUNNING_MS;
  return states.every((state) => state === 'completed') ? COMPLETED_MS : HELD_UP_MS;
}
