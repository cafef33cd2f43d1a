import type { Attributes } from '@opentelemetry/api';

/** A count under one set of attributes. */
export class Counter {
  value = 0;

  constructor(readonly attributes: Attributes) {}
}

/** A distribution under one set of attributes. */
export class Histogram {
  readonly counts: number[];
  sum = 0;
  count = 0;

  /** @param boundaries upper bounds of the buckets, inclusive and rising; one more bucket has no bound */
  constructor(
    readonly attributes: Attributes,
    readonly boundaries: readonly number[],
  ) {
    this.counts = new Array<number>(boundaries.length + 1).fill(0);
  }

  record(value: number): void {
    const { boundaries, counts } = this;
    let bucket = 0;
    while (bucket < boundaries.length && value > (boundaries[bucket] as number)) bucket++;
    counts[bucket] = (counts[bucket] as number) + 1;
    this.sum += value;
    this.count++;
  }
}
