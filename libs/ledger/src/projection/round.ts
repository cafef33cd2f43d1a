import type { Registered } from '../model/expectation.ts';
import type { StoredEvidence } from '../model/record.ts';
import { positionOf } from '../model/record.ts';
import type { Census, Registry } from './registry.ts';
import type { StreamNumbers } from './streams.ts';
import type { Answer } from './tap.ts';

/**
 * What was heard of the broker up to a moment, and how far each stream was afterwards. An answer is believed only when
 * all up to there is indexed: whatever a step stored before it answered is known then, so that a step that handed a
 * message on is never called done with it.
 */
export interface Round {
  readonly answers: readonly Answer[];
  readonly census: Census | undefined;
  /** First and last sequence of each stream, asked after the answers were heard. */
  readonly marks: ReadonlyMap<string, { readonly first: number; readonly last: number }>;
  /** When the marks were asked for: everything stored before then is known once the round is written. */
  readonly at: number;
}

/** What a round changes: consumers, and what is known of deliveries. */
export interface RoundChanges {
  readonly changed: readonly Registered[];
  /** Consumers that are new, or made anew. */
  readonly made: readonly Registered[];
  readonly evidence: readonly StoredEvidence[];
}

/** Answers of consumers that are none of a step are left out. */
export function changesOf(round: Round, registry: Registry, numbers: StreamNumbers): RoundChanges {
  const { changed, made } =
    round.census === undefined ? { changed: [], made: [] } : registry.changes(round.census);
  const fresh = new Map(changed.map(({ durable }) => [`${durable.stream} ${durable.name}`, durable]));
  const evidence = round.answers.flatMap(({ stream, consumer, seq, answer, at, nextAt, said }) => {
    const durable = fresh.get(`${stream} ${consumer}`) ?? registry.find(stream, consumer);
    if (durable === undefined) return [];
    const pos = positionOf(numbers.of(stream), seq);
    return [{ pos, durable: durable.n, answer, at, attempt: undefined, nextAt, said }];
  });
  return { changed, made, evidence };
}
