import type { Answer } from '../api/answer.ts';
import type { Alerts } from '../api/answers.ts';
import { duration } from './duration.ts';
import { Clock } from './moment.tsx';

/** How old an answer is, as each of the console's says it. */
type Fresh = Pick<Alerts, 'asOf' | 'behindMs' | 'problem'>;

/** From there on the console itself calls nothing stalled: it may not know yet that it went on. */
const BEHIND_MS = 3_000;

/** How old what is shown is, and why it is older than it should be. */
export function Freshness({ of: { answer, trouble, at } }: { readonly of: Answer<Fresh> }) {
  if (answer === undefined) return null;
  const { asOf, behindMs, problem } = answer;
  const isOld = behindMs === null || behindMs > BEHIND_MS;
  return (
    <footer className="freshness">
      {trouble === undefined && problem !== undefined && (
        <p role="alert" className="banner">
          This is older than it should be: {problem}
        </p>
      )}
      {trouble === undefined && problem === undefined && isOld && (
        <p role="alert" className="banner">
          The ledger is still reading: what came of late may not be shown yet.
        </p>
      )}
      <p>
        {behindMs === null ? (
          'The ledger has not caught up yet'
        ) : (
          <>
            Everything stored before <Clock at={asOf} /> is known: {duration(behindMs)} behind
          </>
        )}
        , asked at <Clock at={at} />.
      </p>
    </footer>
  );
}

/** The console's clock when it answered: times are told by it, whatever the clock here says. */
export function nowOf({ asOf, behindMs }: Fresh): number {
  return behindMs === null ? Date.now() : asOf + behindMs;
}
