import type { Bucket, Entry } from './bucket.ts';
import type { LetterState } from './filter.ts';

/** One time that a dead letter was sent again. */
export interface Redrive {
  /** 1 for the letter's first redrive. */
  readonly number: number;
  readonly operation: string;
  readonly by: string;
  readonly at: string;
  /** Last sequence of the app's stream before it was sent: what was sent stands behind it. */
  readonly after: number;
  /** Where it was sent; absent as long as that is not known. */
  readonly seq?: number;
  /** Id of the new message, when it was edited. */
  readonly editedId?: string;
  /** The dead letter that it became, when it failed again. */
  readonly failedAs?: number;
}

/** What was done about one dead letter. The letter itself stays as it is. */
export interface Mark {
  readonly redrives: readonly Redrive[];
  readonly archived?: {
    readonly operation: string;
    readonly by: string;
    readonly at: string;
    readonly why: string;
  };
  /** The operation that took it out of the archive last. */
  readonly restoredBy?: string;
  /** When retention began to remove the letter, RFC 3339: nothing is done with it from then on. */
  readonly purgedAt?: string;
}

/** The mark of one letter, and the revision that a removal must name. */
export interface NumberedMark extends Entry<Mark> {
  readonly seq: number;
}

export function stateOf(mark: Mark | undefined): LetterState {
  if (mark?.purgedAt !== undefined) return 'purged';
  if (mark?.archived !== undefined) return 'archived';
  return mark !== undefined && mark.redrives.length > 0 ? 'redriven' : 'open';
}

/** The marks of all dead letters, by number. */
export class Marks {
  constructor(private readonly bucket: Bucket) {}

  async of(seq: number): Promise<Mark | undefined> {
    return (await this.#entry(seq))?.value;
  }

  /**
   * Changes a mark; `change` gives the new one, or undefined to leave it. It is asked anew when somebody else changed
   * the mark meanwhile. Resolves to the mark as it is afterwards.
   */
  async change(seq: number, change: (mark: Mark) => Mark | undefined): Promise<Mark> {
    for (;;) {
      const entry = await this.#entry(seq);
      const before = entry?.value ?? { redrives: [] };
      const after = change(before);
      if (after === undefined) return before;
      if ((await this.bucket.put(keyOf(seq), after, entry?.revision)) !== undefined) return after;
    }
  }

  /** Every mark there is, the one that changed last at the end. */
  async *all(): AsyncGenerator<NumberedMark> {
    for await (const { key, ...entry } of this.bucket.entries<Mark>('letter'))
      yield { seq: Number(key.slice(keyOf('').length)), ...entry };
  }

  /** Leaves nothing of a mark, unless it changed meanwhile. */
  remove({ seq, revision }: Omit<NumberedMark, 'value'>): Promise<void> {
    return this.bucket.remove(keyOf(seq), revision);
  }

  #entry(seq: number): Promise<Entry<Mark> | undefined> {
    return this.bucket.get<Mark>(keyOf(seq));
  }
}

/** The mark with one redrive replaced. */
export function withRedrive(mark: Mark, operation: string, change: Partial<Redrive>): Mark {
  return {
    ...mark,
    redrives: mark.redrives.map((redrive) =>
      redrive.operation === operation ? { ...redrive, ...change } : redrive,
    ),
  };
}

function keyOf(seq: number | ''): string {
  return `letter.${seq}`;
}
