import { Link } from 'wouter';
import type { Flow } from '../api/answers.ts';
import { duration } from '../parts/duration.ts';
import { Id } from '../parts/id.tsx';
import { Ago } from '../parts/moment.tsx';
import { State } from '../parts/state.tsx';
import { safeLink, whereAddress } from '../search/addresses.ts';
import { Course } from './course.tsx';

interface Shown {
  readonly flow: Flow;
  /** Kinds of key. */
  readonly foundBy: readonly string[];
  readonly now: number;
}

/** One flow, whole. */
export function FlowView({ flow, foundBy, now }: Shown) {
  const { id, state, reasons, startedAt, lastAt, parent, handOffs, truncated, clockSkewMs } = flow;
  return (
    <article aria-label={`Flow ${id}`}>
      <dl className="facts">
        <Fact name="State">
          <State state={state} />
        </Fact>
        <Fact name="Flow">
          <Id of="flow id" id={id} />
        </Fact>
        <Fact name="Found by">{foundBy.join(', ')}</Fact>
        <Fact name="Began">
          <Ago at={startedAt} now={now} />
        </Fact>
        <Fact name="Last message">
          <Ago at={lastAt} now={now} />, {duration(lastAt - startedAt)} after it began
        </Fact>
        {parent !== undefined && (
          <Fact name="Handed off by">
            <Link href={whereAddress(parent)}>{parent}</Link>
          </Fact>
        )}
        <Fact name={flow.traces.length > 1 ? 'Traces' : 'Trace'}>
          <Traces {...flow} />
        </Fact>
      </dl>
      {reasons.length > 1 && (
        <ul className="reasons">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {truncated && (
        <p className="banner">It has more messages than are shown, and is never called completed.</p>
      )}
      {clockSkewMs > 1_000 && (
        <p className="quiet">A sender’s clock is {duration(clockSkewMs)} off; the order is the broker’s.</p>
      )}
      <Course flow={flow} now={now} />
      {handOffs.length > 0 && (
        <section aria-label="Hand-offs">
          <h2>Handed off to</h2>
          <ul className="more">
            {handOffs.map(({ flow: to, state, sentence, startedAt: at }) => (
              <li key={to}>
                <State state={state} /> <Link href={whereAddress(to)}>{to}</Link>, {duration(at - startedAt)}{' '}
                after it began: {sentence}
              </li>
            ))}
          </ul>
        </section>
      )}
    </article>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Addresses to follow where a tracing tool is named, else the ids to search one by. */
function Traces({ traces, links }: Pick<Flow, 'traces' | 'links'>) {
  if (traces.length === 0) return 'none';
  return (
    <ul className="traces">
      {traces.map((trace, place) => {
        const link = safeLink(links.traces[place] ?? '');
        return (
          <li key={trace}>
            {link === undefined ? (
              <Id of="trace id" id={trace} />
            ) : (
              <a href={link} rel="noreferrer">
                {trace}
              </a>
            )}
          </li>
        );
      })}
    </ul>
  );
}
