import { MessageTooLargeError, PublishRefusedError } from '../errors.ts';
import { stepName } from '../naming.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import type { Publisher } from '../publish/publisher.ts';
import { type Claim, claim, confirm, release } from './claim.ts';
import { DeadLetterNotFoundError } from './errors.ts';
import type { Letter } from './letter.ts';
import type { Letters } from './letters.ts';
import type { Marks, Redrive } from './mark.ts';
import type { Operation, Target } from './operation.ts';
import type { Stored } from './stored.ts';
import type { Targets } from './targets.ts';

/** Makes the message that is sent for a letter. */
export type CopyOf = (stored: Stored, redrive: Redrive) => OutgoingMessage;

/** What became of some letters. */
export interface SendingReport {
  readonly done: number;
  readonly skipped: number;
  readonly refused: number;
  readonly targets: Operation['targets'];
}

/** What sending needs. */
export interface SendingServices {
  readonly letters: Letters;
  readonly marks: Marks;
  readonly targets: Targets;
  readonly publisher: Publisher;
}

const PUBLISH_TIMEOUT_MS = 10_000;

interface Claimed {
  readonly letter: Letter;
  readonly redrive: Redrive;
  readonly kind: 'fresh' | 'unsure' | 'sent';
}

/** Sends letters to their steps: each once for its operation, however often this is begun anew. */
export class Sending {
  constructor(
    private readonly services: SendingServices,
    private readonly copyOf: CopyOf,
  ) {}

  async send(operation: Operation, letters: readonly Letter[], editedId?: string): Promise<SendingReport> {
    const { targets } = this.services;
    const taken = await Promise.all(letters.map(({ app, step }) => targets.takes(app, step)));
    const sendable = letters.filter((_, i) => taken[i]);
    const claims = await this.#claim(operation, sendable, editedId);
    const claimed = sendable.flatMap((letter, i): Claimed[] => {
      const made = claims[i];
      return made === undefined || made.kind === 'ineligible' ? [] : [{ letter, ...made }];
    });
    const known = await this.#found(operation, claimed);
    const seqs = await Promise.all(
      claimed.map((one) => known.get(one.letter.seq) ?? this.#send(operation, one)),
    );
    const done = seqs.filter((seq) => seq !== undefined).length;
    return {
      done,
      skipped: sendable.length - claimed.length,
      refused: letters.length - sendable.length + claimed.length - done,
      targets: reached(operation.targets, claimed, seqs),
    };
  }

  async #claim(operation: Operation, letters: readonly Letter[], editedId?: string): Promise<Claim[]> {
    const apps = [...new Set(letters.map(({ app }) => app))];
    const lastSeqs = new Map(
      await Promise.all(apps.map(async (app) => [app, await this.services.targets.lastSeq(app)] as const)),
    );
    return Promise.all(
      letters.map(({ seq, app }) =>
        claim(this.services.marks, operation, seq, lastSeqs.get(app) ?? 0, editedId),
      ),
    );
  }

  /** Sequences of what was sent before, by letter: as noted, or as found in the stream where nothing was noted. */
  async #found(operation: Operation, claimed: readonly Claimed[]): Promise<Map<number, number>> {
    const found = new Map<number, number>();
    for (const { letter, redrive } of claimed)
      if (redrive.seq !== undefined) found.set(letter.seq, redrive.seq);
    const unsure = Map.groupBy(
      claimed.filter(({ kind }) => kind === 'unsure'),
      ({ letter }) => stepName(letter.app, letter.step),
    );
    for (const [first, ...others] of unsure.values()) {
      if (first === undefined) continue;
      const { app, step } = first.letter;
      const after = Math.min(first.redrive.after, ...others.map(({ redrive }) => redrive.after));
      const sent = await this.services.targets.sentBy(operation.id, app, step, after);
      for (const { letter } of [first, ...others]) {
        const seq = sent.get(letter.seq);
        if (seq === undefined) continue;
        await confirm(this.services.marks, operation, letter.seq, seq);
        found.set(letter.seq, seq);
      }
    }
    return found;
  }

  /** The sequence of the message; undefined when it can never be sent. */
  async #send(operation: Operation, { letter, redrive }: Claimed): Promise<number | undefined> {
    const { letters, marks, publisher } = this.services;
    try {
      const stored = await letters.stored(letter.seq);
      const { seq } = await publisher.publish(this.copyOf(stored, redrive), PUBLISH_TIMEOUT_MS);
      await confirm(marks, operation, letter.seq, seq);
      return seq;
    } catch (error) {
      if (!isForGood(error)) throw error;
      await release(marks, operation, letter.seq);
      return undefined;
    }
  }
}

/** The broker will never take it, or the letter was purged meanwhile. */
function isForGood(error: unknown): boolean {
  return (
    error instanceof MessageTooLargeError ||
    error instanceof PublishRefusedError ||
    error instanceof DeadLetterNotFoundError
  );
}

/** The steps that were sent to, and how far. */
function reached(
  before: Operation['targets'],
  claimed: readonly Claimed[],
  seqs: readonly (number | undefined)[],
): Operation['targets'] {
  const targets: Record<string, Target> = { ...before };
  for (const [i, { letter }] of claimed.entries()) {
    const { app, step } = letter;
    const durable = stepName(app, step);
    targets[durable] = { app, step, upTo: Math.max(targets[durable]?.upTo ?? 0, seqs[i] ?? 0) };
  }
  return targets;
}
