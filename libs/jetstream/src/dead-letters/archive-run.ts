import type { Letter } from './letter.ts';
import type { Letters } from './letters.ts';
import { type Mark, type Marks, stateOf } from './mark.ts';
import type { Operation } from './operation.ts';
import type { HeldOperation } from './operations.ts';
import type { RunOptions } from './options.ts';

/** Archives or restores the letters of an operation, page by page. Begun anew, it finds its own marks. */
export class ArchiveRun {
  constructor(
    private readonly letters: Letters,
    private readonly marks: Marks,
    private readonly held: HeldOperation,
    private readonly options: RunOptions,
  ) {}

  async run(): Promise<Operation> {
    const { selection, cursor, lastSeq } = this.held.value;
    for await (const page of this.letters.selected(selection, { after: cursor, upTo: lastSeq })) {
      if (this.options.signal?.aborted === true) {
        await this.#write({ state: 'paused', note: 'told to pause' });
        return this.held.value;
      }
      const marked = await Promise.all(page.map((letter) => this.#mark(letter)));
      const done = marked.filter(Boolean).length;
      const { counts } = this.held.value;
      const skipped = 'seqs' in selection ? page.length - done : 0;
      const last = page.at(-1)?.seq ?? cursor;
      const change = {
        cursor: last,
        settledUpTo: last,
        counts: { ...counts, done: counts.done + done, skipped: counts.skipped + skipped },
      };
      if (!(await this.#write(change))) return this.held.value;
    }
    await this.#write({ state: 'done' });
    return this.held.value;
  }

  /** Whether the letter is now as the operation wants it, by this operation. */
  async #mark({ seq }: Letter): Promise<boolean> {
    const { id, kind, selection } = this.held.value;
    const byNumber = 'seqs' in selection;
    const restores = kind === 'restore';
    let isOwn = false;
    await this.marks.change(seq, (mark) => {
      isOwn = (restores ? mark.restoredBy : mark.archived?.operation) === id;
      if (isOwn) return undefined;
      const state = stateOf(mark);
      const isEligible = restores
        ? state === 'archived'
        : state === 'open' || (byNumber && state === 'redriven');
      if (!isEligible) return undefined;
      isOwn = true;
      return restores ? this.#restored(mark) : this.#archived(mark);
    });
    return isOwn;
  }

  #archived({ redrives }: Mark): Mark {
    const { id, by, why } = this.held.value;
    return { redrives, archived: { operation: id, by, at: new Date().toISOString(), why } };
  }

  #restored({ redrives }: Mark): Mark {
    return { redrives, restoredBy: this.held.value.id };
  }

  async #write(change: Partial<Operation>): Promise<boolean> {
    const written = await this.held.write(change);
    this.options.onProgress?.(this.held.value);
    return written;
  }
}
