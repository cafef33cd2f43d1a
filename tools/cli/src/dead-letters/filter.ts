import type { LetterFilter, LetterState } from '@troupe/jetstream';
import type { Options, Values } from '../command.ts';
import { timeOf } from '../times.ts';

/** Options that say which letters. */
export const FILTER = {
  app: { type: 'string', value: '<name>', about: 'letters of this app' },
  step: { type: 'string', value: '<name>', about: 'letters of this step' },
  reason: {
    type: 'string',
    value: '<reason>',
    about: 'set aside for this reason: retries-exhausted, contract-invalid, …',
  },
  type: { type: 'string', value: '<contract>', about: 'messages of this contract: order.placed.v1' },
  flow: { type: 'string', value: '<id>', about: 'messages of this flow' },
  group: { type: 'string', value: '<fingerprint>', about: 'letters of this group' },
  since: {
    type: 'string',
    value: '<time>',
    about: 'set aside then or later: RFC 3339, or an age such as 90s, 30m, 2h, 7d',
  },
  until: { type: 'string', value: '<time>', about: 'set aside before: RFC 3339, or an age' },
} as const satisfies Options;

/** Options that say in which states letters are listed. */
export const STATES = {
  archived: { type: 'boolean', about: 'archived letters instead of open ones' },
  redriven: { type: 'boolean', about: 'redriven letters instead of open ones' },
  all: { type: 'boolean', about: 'letters in every state' },
} as const satisfies Options;

/** @throws UsageError for a time that is none */
export function filterOf(values: Values<typeof FILTER>, now = Date.now()): LetterFilter {
  const { app, step, reason, type, flow, group, since, until } = values;
  const filter = {
    app,
    step,
    reason,
    type,
    flowId: flow,
    fingerprint: group,
    since: since && timeOf('--since', since, now),
    until: until && timeOf('--until', until, now),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

export function statesOf({ archived, redriven, all }: Values<typeof STATES>): LetterState[] {
  if (all) return ['open', 'redriven', 'archived'];
  if (!archived && !redriven) return ['open'];
  return [...(archived ? ['archived' as const] : []), ...(redriven ? ['redriven' as const] : [])];
}
