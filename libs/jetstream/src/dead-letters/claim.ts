import { type Mark, type Marks, type Redrive, stateOf, withRedrive } from './mark.ts';
import type { Operation } from './operation.ts';

/**
 * What an operation may do with a letter: `fresh` to be sent, `unsure` whether it was sent (a process died in
 * between), `sent` already by this operation, or `ineligible`: in another state than was asked for.
 */
export type Claim =
  | { readonly kind: 'fresh' | 'unsure' | 'sent'; readonly redrive: Redrive }
  | { readonly kind: 'ineligible' };

/**
 * Writes down that this operation sends a letter, before it does. Of any number of operations and processes one gets
 * the letter; and one that comes back after a crash finds its own claim and looks whether the message left.
 *
 * @param after last sequence of the stream that the message is going to
 */
export async function claim(
  marks: Marks,
  operation: Operation,
  seq: number,
  after: number,
  editedId?: string,
): Promise<Claim> {
  let fresh: Redrive | undefined;
  const mark = await marks.change(seq, (before) => {
    fresh = undefined;
    if (!isEligible(before, operation)) return undefined;
    fresh = {
      number: before.redrives.length + 1,
      operation: operation.id,
      by: operation.by,
      at: new Date().toISOString(),
      after,
      ...(editedId === undefined ? {} : { editedId }),
    };
    return { ...before, redrives: [...before.redrives, fresh] };
  });
  if (fresh !== undefined) return { kind: 'fresh', redrive: fresh };
  const own = mark.redrives.find((redrive) => redrive.operation === operation.id);
  if (own === undefined) return { kind: 'ineligible' };
  return { kind: own.seq === undefined ? 'unsure' : 'sent', redrive: own };
}

/** Writes down where the message went. */
export async function confirm(marks: Marks, { id }: Operation, letter: number, seq: number): Promise<void> {
  await marks.change(letter, (mark) => withRedrive(mark, id, { seq }));
}

/** Takes a claim back: nothing was sent. */
export async function release(marks: Marks, { id }: Operation, letter: number): Promise<void> {
  await marks.change(letter, (mark) => ({
    ...mark,
    redrives: mark.redrives.filter(({ operation }) => operation !== id),
  }));
}

function isEligible(mark: Mark, { id, again }: Operation): boolean {
  if (mark.redrives.some(({ operation }) => operation === id)) return false;
  const state = stateOf(mark);
  return state === 'open' || (state === 'redriven' && again);
}
