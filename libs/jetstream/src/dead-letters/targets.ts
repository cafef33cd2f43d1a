import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { type Names, stepName } from '../naming.ts';
import type { Broker } from './broker.ts';
import type { Operation, Target } from './operation.ts';
import { hasMore, headerOf, pagesOf, type Range } from './stored.ts';

/** A letter that somebody wrote by hand may name anything. */
const NAMES = /^[\w-]+$/;

const OPERATION = 'x-redrive-operation';

/** Where redrives go: the steps' own subjects, in their apps' own streams. */
export class Targets {
  readonly #taken = new Map<string, boolean>();

  constructor(
    private readonly broker: Broker,
    private readonly names: Names,
  ) {}

  /** Whether a step takes redrives: asked once. */
  async takes(app: string, step: string): Promise<boolean> {
    const durable = stepName(app, step);
    const known = this.#taken.get(durable);
    if (known !== undefined) return known;
    const taken = NAMES.test(durable) && (await this.#exists(app, durable));
    this.#taken.set(durable, taken);
    return taken;
  }

  /** Last sequence of an app's stream: what is sent from now on stands behind it. */
  async lastSeq(app: string): Promise<number> {
    return (await this.broker.manager.streams.info(this.names.delayed(app))).state.last_seq;
  }

  /** What an operation sent to a step behind a sequence: the sequence of each message, by the letter it is of. */
  async sentBy(operation: string, app: string, step: string, after: number): Promise<Map<number, number>> {
    const sent = new Map<number, number>();
    const subject = `${this.names.redriveSubject(app, step)}.*`;
    for await (const { seq, of } of this.#of(operation, app, { subject, after })) {
      if (!sent.has(of)) sent.set(of, seq); // what follows are its retries
    }
    return sent;
  }

  /**
   * Whether a step is through with all that an operation sent to it, retries included. A step stores a dead letter or
   * a delayed retry before it answers the message, so what is answered has left its trace by then. It is asked in this
   * order: is all up to `upTo` answered? Is a retry scheduled? Has one come back? Only three times no means yes.
   *
   * The consumer tells a floor under which all is answered; one message that waits there for another attempt hides
   * the answers behind it. So this may be later than the truth, and is never earlier.
   */
  async isThrough(operation: Operation, target: Target): Promise<{ through: boolean; upTo: number }> {
    const { app, step, upTo } = target;
    const stream = this.names.delayed(app);
    const { ack_floor, delivered, num_ack_pending } = await this.broker.manager.consumers.info(
      stream,
      stepName(app, step),
    );
    const answered = ack_floor.stream_seq >= upTo || (num_ack_pending === 0 && delivered.stream_seq >= upTo);
    if (!answered) return { through: false, upTo };
    const scheduled = { subject: this.names.scheduleSubject(app, '*'), after: 0 };
    for await (const _ of this.#of(operation.id, app, scheduled)) return { through: false, upTo };
    let last = upTo;
    const returned = { subject: `${this.names.redriveSubject(app, step)}.*`, after: upTo };
    for await (const { seq } of this.#of(operation.id, app, returned)) last = seq;
    return { through: last === upTo, upTo: last };
  }

  async *#of(operation: string, app: string, range: Range): AsyncGenerator<{ seq: number; of: number }> {
    const stream = this.names.delayed(app);
    if (!(await hasMore(this.broker, stream, range.subject, range.after ?? 0))) return;
    for await (const page of pagesOf(this.broker, stream, { ...range, headersOnly: true })) {
      for (const stored of page) {
        if (headerOf(stored, OPERATION) === operation)
          yield { seq: stored.seq, of: Number(headerOf(stored, 'x-redrive-of')) };
      }
    }
  }

  async #exists(app: string, durable: string): Promise<boolean> {
    try {
      await this.broker.manager.consumers.info(this.names.delayed(app), durable);
      return true;
    } catch (error) {
      const missing = [JetStreamApiCodes.ConsumerNotFound, JetStreamApiCodes.StreamNotFound] as number[];
      if (error instanceof JetStreamApiError && missing.includes(error.code)) return false;
      throw error;
    }
  }
}
