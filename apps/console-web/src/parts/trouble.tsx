import { type Answer, TRY_AGAIN_MS } from '../api/answer.ts';
import { duration } from './duration.ts';
import { Clock } from './moment.tsx';

/** What is in the way of an answer, and what to do about it; nothing while there is an answer, or none is due yet. */
export function TroubleNote({ of: { answer, trouble, at } }: { readonly of: Answer<unknown> }) {
  if (trouble === undefined)
    return answer === undefined ? <p className="quiet">Asking the console …</p> : null;
  return (
    <div role="alert" className="banner">
      <p>{trouble.message}</p>
      <p>
        {WHAT_TO_DO[trouble.kind]} It is asked again every {duration(TRY_AGAIN_MS)}.
        {answer !== undefined && (
          <>
            {' '}
            Shown is what it said at <Clock at={at} />.
          </>
        )}
      </p>
    </div>
  );
}

const WHAT_TO_DO = {
  unknown:
    'Check the id. What was only just stored is known within a second; what was purged is known no more.',
  wrong: 'Change what is asked for.',
  'not-yet': 'Nothing is to be done here, unless this lasts: then look at the log of the console.',
  away: 'See whether it runs, and whether this machine reaches it.',
};
