import { type Names, type Notice, stepName } from '@troupe/jetstream';
import { keptText } from '../model/text.ts';
import type { RetryNotice } from '../store/batch.ts';
import type { Stored } from './pulls.ts';

/** What a notice tells of a failed attempt; undefined for every other notice, and for what is none. */
export function retryOf({ subject, at, message }: Stored, names: Names): RetryNotice | undefined {
  const prefix = names.noticeSubject('retry', '', '').slice(0, -1);
  if (!subject.startsWith(prefix)) return undefined;
  const [app = '', step = ''] = keptText(subject).split('.').slice(-2);
  try {
    const { event, attempt, nextAt, message: error, immediate } = message.json<Notice>();
    const { id, source, type } = event ?? {};
    if (typeof id !== 'string' || typeof source !== 'string' || typeof type !== 'string') return undefined;
    const next = Date.parse(nextAt ?? '');
    return {
      id: keptText(id),
      source: keptText(source),
      type: keptText(type),
      step: stepName(app, step),
      at,
      attempt: Number.isSafeInteger(attempt) ? attempt : undefined,
      nextAt: immediate !== undefined || Number.isNaN(next) ? undefined : next,
      error: keptText(String(error)),
    };
  } catch {
    return undefined;
  }
}
