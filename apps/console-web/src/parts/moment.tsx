import { duration } from './duration.ts';

const exact = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
});
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** A time: how long ago, and exactly for whoever points at it. */
export function Ago({ at, now }: { readonly at: number; readonly now: number }) {
  return <Time at={at} text={`${duration(now - at)} ago`} />;
}

/** A time of today. */
export function Clock({ at }: { readonly at: number }) {
  return <Time at={at} text={clock.format(at)} />;
}

/** A time, said in a way of its own. */
export function Time({ at, text }: { readonly at: number; readonly text: string }) {
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={`${exact.format(date)} (${date.toISOString()})`}>
      {text}
    </time>
  );
}
