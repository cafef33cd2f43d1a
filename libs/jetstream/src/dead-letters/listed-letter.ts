import type { LetterState } from './filter.ts';
import type { Letter } from './letter.ts';
import { type Mark, type Marks, type Redrive, stateOf } from './mark.ts';
import type { Operation } from './operation.ts';
import type { Operations } from './operations.ts';

/** How a redrive ended: `pending` as long as the step has not answered, or nobody has looked. */
export type RedriveResult = 'pending' | 'done' | 'failed';

/** A letter together with what was done about it. */
export interface ListedLetter extends Letter {
  readonly state: LetterState;
  readonly redrives: readonly (Redrive & { readonly result: RedriveResult })[];
  readonly archived?: Mark['archived'];
}

/** Joins letters with their marks, and those with the operations that made them. */
export class Listing {
  readonly #operations = new Map<string, Promise<Operation>>();

  constructor(
    private readonly marks: Marks,
    private readonly operations: Operations,
  ) {}

  async of(letter: Letter): Promise<ListedLetter> {
    const mark = await this.marks.of(letter.seq);
    const redrives = (mark?.redrives ?? []).map(async (redrive) => ({
      ...redrive,
      result: await this.#result(letter.seq, redrive),
    }));
    return {
      ...letter,
      state: stateOf(mark),
      redrives: await Promise.all(redrives),
      ...(mark?.archived === undefined ? {} : { archived: mark.archived }),
    };
  }

  async #result(seq: number, { operation, failedAs }: Redrive): Promise<RedriveResult> {
    if (failedAs !== undefined) return 'failed';
    let record = this.#operations.get(operation);
    if (record === undefined) {
      record = this.operations.get(operation);
      this.#operations.set(operation, record);
    }
    return seq <= (await record).settledUpTo ? 'done' : 'pending';
  }
}
