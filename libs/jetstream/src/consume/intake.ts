import { Numbered } from '../numbered.ts';
import type { ConsumerDeclaration } from '../topology/consumers.ts';
import { SHORT_WAIT_MS } from './delay.ts';
import type { Delivery } from './delivery.ts';
import { Puller, type PullerOptions } from './puller.ts';
import { type Content, type Origin, Work } from './work.ts';

/** How an intake pulls; which durable, it knows itself. */
export type IntakeOptions = Omit<PullerOptions, 'stream' | 'consumer' | 'comesBack' | 'onDelivery'>;

/** One durable that a step pulls from, and what it delivered that is not answered yet. */
export class Intake implements Origin {
  readonly #puller: Puller;
  /** By stream sequence. */
  readonly #held = new Numbered<Work>();

  constructor(
    readonly consumer: ConsumerDeclaration,
    readonly content: Content,
    private readonly step: string,
    options: IntakeOptions,
    private readonly onWork: (work: Work) => void,
  ) {
    const { contract, stream, config } = consumer;
    this.#puller = new Puller({
      ...options,
      stream,
      consumer: config.durable_name,
      comesBack: contract === undefined,
      onDelivery: (delivery) => this.#accept(delivery),
    });
  }

  /** Why it delivers nothing, when the broker says so. */
  get problem(): string | undefined {
    const { problem } = this.#puller;
    return problem === undefined ? undefined : `${this.consumer.config.durable_name}: ${problem}`;
  }

  held(): Generator<Work> {
    return this.#held.values();
  }

  started(): void {
    this.#puller.started();
  }

  forget({ delivery }: Work): void {
    this.#held.delete(delivery.info.seq);
  }

  restart(): void {
    this.#puller.restart();
  }

  stop(): Promise<void> {
    return this.#puller.stop();
  }

  #accept(delivery: Delivery): void {
    const { seq, publishedAt } = delivery.info;
    const held = this.#held.get(seq);
    if (held !== undefined) {
      if (held.delivery.info.publishedAt === publishedAt) held.delivery.replaceBy(delivery);
      else delivery.nak(SHORT_WAIT_MS); // another message of that number: the stream was made anew
      this.#puller.started();
      return;
    }
    const work = new Work(delivery, this.step, `${this.consumer.config.durable_name}/${seq}`, this);
    this.#held.set(seq, work);
    this.onWork(work);
  }
}
