import { setTimeout as delay } from 'node:timers/promises';
import type { JetStreamManager } from '@nats-io/jetstream';
import { type ChainNames, chainNames, type Variant } from './chain.ts';
import { BenchError } from './errors.ts';

const POLL_MS = 20;
const STUCK_MS = 30_000;

/** The stream and durables that a chain runs on: tells how far its messages are. */
export class Course {
  readonly #names: ChainNames;

  constructor(
    private readonly manager: JetStreamManager,
    readonly variant: Variant,
  ) {
    this.#names = chainNames(variant);
  }

  /** Removes what the last measurement left. */
  async clear(): Promise<void> {
    await this.manager.streams.purge(this.#names.stream);
  }

  /**
   * Resolves when every order has passed all steps and every message is acked.
   * @throws BenchError when nothing moves for 30 s, or a step emitted more or less than it was given
   */
  async finished(orders: number): Promise<void> {
    const { stream, hops, first } = this.#names;
    const expected = orders * (hops.length + 1);
    let stored = 0;
    let movedAt = Date.now();
    while (stored < expected || (await this.#unacked()) > 0) {
      const { state } = await this.manager.streams.info(stream);
      if (state.messages !== stored) movedAt = Date.now();
      stored = state.messages;
      if (Date.now() - movedAt > STUCK_MS) {
        throw new BenchError(`The ${this.variant} chain stands still at ${stored} of ${expected} messages.`);
      }
      if (stored < expected) await delay(POLL_MS);
    }
    const counts = await this.#counts();
    for (const subject of [first, ...hops.map(({ next }) => next)]) {
      const count = counts.get(subject) ?? 0;
      if (count !== orders)
        throw new BenchError(`${subject} holds ${count} messages, ${orders} orders were placed.`);
    }
  }

  async #unacked(): Promise<number> {
    const infos = await Promise.all(
      this.#names.hops.map(({ durable }) => this.manager.consumers.info(this.#names.stream, durable)),
    );
    return infos.reduce((sum, { num_pending, num_ack_pending }) => sum + num_pending + num_ack_pending, 0);
  }

  /** Messages by subject, over all lanes. */
  async #counts(): Promise<Map<string, number>> {
    const { state } = await this.manager.streams.info(this.#names.stream, { subjects_filter: '>' });
    const counts = new Map<string, number>();
    for (const [subject, count] of Object.entries(state.subjects ?? {})) {
      const contract = subject.slice(0, subject.lastIndexOf('.'));
      counts.set(contract, (counts.get(contract) ?? 0) + count);
    }
    return counts;
  }
}
