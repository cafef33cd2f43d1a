import type { Alert, Change } from './alert.ts';
import type { Seen } from './patience.ts';

/** Changes of one alert that wait for the webhook; beyond that the oldest pair of begun and over is left out. */
const MOST_UNTOLD = 6;

/**
 * The alerts that begin and those that are over, as they are to be kept from now on. What was not judged stays.
 * @param isTold whether there is a webhook that is to be told
 */
export function changesOf(
  alerts: ReadonlyMap<string, Alert>,
  { lasting, present, judged }: Seen,
  now: number,
  isTold: boolean,
): Alert[] {
  const begun = lasting.filter(({ id }) => alerts.get(id)?.state !== 'firing');
  const over = [...alerts.values()].filter(
    ({ id, kind, state }) => state === 'firing' && judged.has(kind) && !present.has(id),
  );
  return [
    ...begun.map(({ quietSince: _, ...condition }): Alert => {
      const alert = { ...condition, state: 'firing', since: now } as const;
      return withChange(alert, alerts.get(condition.id)?.untold ?? [], now, isTold);
    }),
    ...over.map((alert) => withChange({ ...alert, state: 'resolved' }, alert.untold, now, isTold)),
  ];
}

function withChange(
  alert: Omit<Alert, 'untold'>,
  untold: readonly Change[],
  at: number,
  isTold: boolean,
): Alert {
  if (!isTold) return { ...alert, untold: [] };
  const { state, since, sentence, count } = alert;
  const changes = [...untold, { state, at, since, sentence, count }];
  return { ...alert, untold: changes.length > MOST_UNTOLD ? changes.slice(2) : changes };
}
