import type { Names } from '../naming.ts';
import type { Broker } from './broker.ts';
import { DeadLetterNotFoundError } from './errors.ts';
import { type LetterFilter, matches, rangeOf } from './filter.ts';
import { isStructured, type Letter, readLetter } from './letter.ts';
import type { Selection } from './operation.ts';
import { pagesOf, type Stored, storedAt } from './stored.ts';

/** Letters that are read at once by their numbers; they come with their payloads. */
const PAGE = 32;

/** Which numbers of letters: after the one, up to the other. */
export interface Numbers {
  readonly after?: number;
  readonly upTo?: number;
}

/** The dead letters as the stream holds them, in pages: headers alone, unless the payload is needed. */
export class Letters {
  constructor(
    private readonly broker: Broker,
    private readonly names: Names,
  ) {}

  /** @throws DeadLetterNotFoundError */
  async stored(seq: number): Promise<Stored> {
    const stored = await storedAt(this.broker, this.names.deadLetters, seq);
    if (stored === undefined) throw new DeadLetterNotFoundError(seq);
    return stored;
  }

  /** Those of a selection, by ascending number. Numbers that the stream has not are left out. */
  selected(selection: Selection, numbers: Numbers): AsyncGenerator<Letter[]> {
    return 'seqs' in selection
      ? this.#numbered(selection.seqs, numbers)
      : this.matching(selection.filter, numbers);
  }

  /** Those that a filter finds, by ascending number. */
  async *matching(
    filter: LetterFilter,
    { after = 0, upTo = Number.POSITIVE_INFINITY }: Numbers = {},
  ): AsyncGenerator<Letter[]> {
    const range = rangeOf(this.names, filter);
    const from = after > 0 ? { subject: range.subject, after } : range;
    const pages = pagesOf(this.broker, this.names.deadLetters, { ...from, headersOnly: true });
    for await (const page of pages) {
      const letters = await Promise.all(
        page.filter(({ seq }) => seq <= upTo).map((stored) => this.#read(stored)),
      );
      const found = letters.filter((letter) => matches(filter, letter));
      if (found.length > 0) yield found;
      if (letters.length < page.length || isPast(filter, page.at(-1))) return;
    }
  }

  async *#numbered(seqs: readonly number[], { after = 0, upTo = Number.POSITIVE_INFINITY }: Numbers) {
    const ascending = [...new Set(seqs)].sort((a, b) => a - b).filter((seq) => seq > after && seq <= upTo);
    for (let at = 0; at < ascending.length; at += PAGE) {
      const page = ascending.slice(at, at + PAGE);
      const found = await Promise.all(page.map((seq) => storedAt(this.broker, this.names.deadLetters, seq)));
      yield found.filter((stored) => stored !== undefined).map(readLetter);
    }
  }

  async #read(stored: Stored): Promise<Letter> {
    const whole = isStructured(stored)
      ? await storedAt(this.broker, this.names.deadLetters, stored.seq)
      : stored;
    return readLetter(whole ?? stored);
  }
}

function isPast({ until }: LetterFilter, last: Stored | undefined): boolean {
  return until !== undefined && last !== undefined && last.time.getTime() >= Date.parse(until);
}
