import type { Names } from '../naming.ts';
import type { Broker } from './broker.ts';
import { type Marks, withRedrive } from './mark.ts';
import type { Operation } from './operation.ts';
import { hasMore, headerOf, pagesOf } from './stored.ts';

/**
 * Reads the dead letters that came since an operation looked last, and marks the letters of which it sent one that
 * failed again. Resolves to what the operation's record is to say then; read twice, it says the same.
 */
export async function readFailures(
  broker: Broker,
  names: Names,
  marks: Marks,
  operation: Operation,
): Promise<Pick<Operation, 'watchedUpTo' | 'counts'>> {
  let { watchedUpTo } = operation;
  let { failed } = operation.counts;
  const subject = names.all('dlq');
  if (await hasMore(broker, names.deadLetters, subject, watchedUpTo)) {
    const range = { subject, after: watchedUpTo, headersOnly: true };
    for await (const page of pagesOf(broker, names.deadLetters, range)) {
      for (const stored of page) {
        watchedUpTo = stored.seq;
        if (headerOf(stored, 'x-redrive-operation') !== operation.id) continue;
        const letter = Number(headerOf(stored, 'x-redrive-of'));
        await marks.change(letter, (mark) => withRedrive(mark, operation.id, { failedAs: stored.seq }));
        failed++;
      }
    }
  }
  return { watchedUpTo, counts: { ...operation.counts, failed } };
}
