import { QueryClient, useQuery } from '@tanstack/react-query';
import { ask, Trouble } from './ask.ts';

/** What was answered last, and what is in the way of a newer answer. Both are undefined before the first. */
export interface Answer<A> {
  readonly answer: A | undefined;
  readonly trouble: Trouble | undefined;
  /** When it was answered, ms since the epoch, by this machine's clock. */
  readonly at: number;
}

/** How often it is asked again after there was trouble. */
export const TRY_AGAIN_MS = 2_000;

/** Answers that views share, for as long as one shows them and a little longer. */
export const answers = new QueryClient({
  // It is asked again in a moment anyway, and whatever the browser thinks of the network: the console may be on this machine.
  defaultOptions: { queries: { retry: false, networkMode: 'always', gcTime: 30_000 } },
});

/**
 * The answer of the console to a path, asked anew as often as `everyMs` says of the last answer, never when that is
 * false, and not while nobody sees the page. What it does not know any more is not shown any more; while it does not
 * answer, what it said last is.
 */
export function useAnswer<A>(path: string, everyMs: (answer: A | undefined) => number | false): Answer<A> {
  const { data, error, dataUpdatedAt } = useQuery<A, Trouble>({
    queryKey: [path],
    queryFn: ({ signal }) => ask<A>(path, signal),
    refetchInterval: ({ state }) => (state.error === null ? everyMs(state.data) : TRY_AGAIN_MS),
  });
  const isGone = error?.kind === 'unknown' || error?.kind === 'wrong';
  return { answer: isGone ? undefined : data, trouble: error ?? undefined, at: dataUpdatedAt };
}
