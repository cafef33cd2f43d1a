import type { Names } from '@troupe/jetstream';
import type { Choreography } from '../model/choreography.ts';
import type { Durable } from '../model/course.ts';
import { Expectations } from '../model/expectation.ts';
import type { Known } from '../store/store.ts';

/** What flows are judged by, as of the last round that was written, by whichever projector. */
export class Knowledge {
  expectations: Expectations;
  /** Consumers by the ledger's number. */
  durables: ReadonlyMap<number, Durable> = new Map();
  /** Everything stored before then is known, ms since the epoch; 0 before the first round. */
  asOf = 0;
  lettersSince = 0;
  #streams: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly names: Names,
    private readonly choreography: Choreography,
  ) {
    this.expectations = new Expectations(names, choreography, [], 0);
  }

  set({ asOf, census, streams, durables, lettersSince }: Known): void {
    this.asOf = asOf;
    this.lettersSince = lettersSince;
    this.#streams = new Map(streams.map(({ name, n }) => [name, n]));
    if (census === this.expectations.census) return;
    this.durables = new Map(durables.map(({ durable }) => [durable.n, durable]));
    this.expectations = new Expectations(this.names, this.choreography, durables, census);
  }

  /** The ledger's number of a stream; 0 for one that it does not know. */
  numberOf(stream: string): number {
    return this.#streams.get(stream) ?? 0;
  }
}
