import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { type CloudEvent, decodeMessage, MessageFormatError } from '@troupe/contract';

/** What a stream got to hold since the probe began, read as far as it goes whenever it is asked for. */
export class Stored {
  readonly #messages: StoredMsg[] = [];
  #reading: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly manager: JetStreamManager,
    private readonly stream: string,
    private readonly from: number,
  ) {}

  /** What is there already is none of ours. */
  static async since(manager: JetStreamManager, stream: string): Promise<Stored> {
    const { state } = await manager.streams.info(stream);
    return new Stored(manager, stream, state.last_seq + 1);
  }

  /** In the order of their numbers. */
  all(): Promise<readonly StoredMsg[]> {
    const reading = this.#reading.then(() => this.#readOn());
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #readOn(): Promise<readonly StoredMsg[]> {
    for (;;) {
      const seq = (this.#messages.at(-1)?.seq ?? this.from - 1) + 1;
      const next = await this.manager.direct.getMessage(this.stream, { seq, next_by_subj: '>' });
      if (next === null) return this.#messages;
      this.#messages.push(next);
    }
  }
}

/** A message as a CloudEvent. */
export type Read = CloudEvent & { readonly data: unknown };

/** Many rules look at one message. */
const known = new WeakMap<StoredMsg, Read | undefined>();

/** Undefined when it is none. */
export function eventOf(message: StoredMsg): Read | undefined {
  if (!known.has(message)) known.set(message, decoded(message));
  return known.get(message);
}

function decoded({ header, data }: StoredMsg): Read | undefined {
  try {
    const { event, data: body } = decodeMessage(header, data);
    return { ...event, data: body };
  } catch (error) {
    if (error instanceof MessageFormatError) return undefined;
    throw error;
  }
}
