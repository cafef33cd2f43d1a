import type { Batch, NewMessage } from './batch.ts';
import type { Session } from './database.ts';
import type { Words } from './words.ts';

/** The words of a message, as numbers. */
export interface Named {
  readonly type: number;
  readonly source: number;
  readonly subject: number;
  readonly target: number | null;
  /** The names of its business keys. */
  readonly keys: readonly number[];
}

/** Gives every word of a batch its number, before any other row is changed. @returns those of its messages */
export async function nameWords(
  session: Session,
  words: Words,
  { messages, letters }: Pick<Batch, 'messages' | 'letters'>,
): Promise<Named[]> {
  // Nothing is waited for where all is known: several turns for each message cost as much as its row.
  let areKnown = letters.every(({ step }) => words.known(step) !== undefined);
  const known = messages.map((message) =>
    namedBy(message, (word) => {
      const n = words.known(word);
      areKnown &&= n !== undefined;
      return n ?? 0;
    }),
  );
  if (areKnown) return known;
  const used = new Set(letters.map(({ step }) => step));
  for (const message of messages) namedBy(message, (word) => used.add(word).size);
  const numbers = new Map<string, number>();
  for (const word of used) numbers.set(word, await words.numberOf(session, word));
  return messages.map((message) => namedBy(message, (word) => numbers.get(word) as number));
}

function namedBy(
  { type, source, subject, target, keys }: NewMessage,
  numberOf: (word: string) => number,
): Named {
  return {
    type: numberOf(type),
    source: numberOf(source),
    subject: numberOf(subject),
    target: target === undefined ? null : numberOf(target),
    keys: keys.map(({ name }) => numberOf(name)),
  };
}
