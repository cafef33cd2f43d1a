import type { Flow, FlowState } from '../model/flow.ts';

/** Which changes are asked for. */
export interface TailFilter {
  readonly state?: FlowState;
  /** Contract id of the message that opened the flow. */
  readonly type?: string;
  /** Ends the tail. */
  readonly signal?: AbortSignal;
}

/** A flow as it is after something of it changed. */
export interface TailEntry {
  readonly flow: Flow;
  /** Changes that were left out before this one, because whoever reads is too slow. */
  readonly missed: number;
}

/** Changes that wait for one reader; beyond that the oldest are left out. */
const KEPT = 1_000;

/** Hands changes to whoever follows them. A slow reader misses some, is told how many, and holds nobody up. */
export class Tails {
  readonly #tails = new Set<Tail>();

  get isFollowed(): boolean {
    return this.#tails.size > 0;
  }

  publish(flow: Flow): void {
    for (const tail of this.#tails) tail.put(flow);
  }

  async *follow(filter: TailFilter = {}): AsyncGenerator<TailEntry> {
    const tail = new Tail(filter);
    this.#tails.add(tail);
    const end = (): void => tail.end();
    filter.signal?.addEventListener('abort', end, { once: true });
    if (filter.signal?.aborted) end();
    try {
      for (;;) {
        const entry = await tail.next();
        if (entry === undefined) return;
        yield entry;
      }
    } finally {
      filter.signal?.removeEventListener('abort', end);
      this.#tails.delete(tail);
    }
  }

  close(): void {
    for (const tail of this.#tails) tail.end();
  }
}

class Tail {
  readonly #flows: Flow[] = [];
  #missed = 0;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(private readonly filter: TailFilter) {}

  put(flow: Flow): void {
    const { state, type } = this.filter;
    if ((state !== undefined && flow.state !== state) || (type !== undefined && flow.type !== type)) return;
    if (this.#flows.length === KEPT) {
      this.#flows.shift();
      this.#missed++;
    }
    this.#flows.push(flow);
    this.#wake();
  }

  /** Undefined at the end. */
  async next(): Promise<TailEntry | undefined> {
    while (!this.#isOver) {
      const flow = this.#flows.shift();
      if (flow !== undefined) {
        const missed = this.#missed;
        this.#missed = 0;
        return { flow, missed };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return undefined;
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }
}
