import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
} from '@nats-io/jetstream';
import { acceptedBy, type ContractClass } from '@troupe/contract';
import { consumerName, type Outlet } from '@troupe/jetstream';
import { Fresh } from './fresh.ts';
import { Remembered } from './remembered.ts';

interface Durable {
  /** Of what was delivered, everything up to this sequence is answered. */
  readonly floor: number;
  readonly delivered: number;
  /** What is not delivered, or not answered. */
  readonly open: number;
}

const MOST_REMEMBERED = 10_000;

/**
 * What is known of the events that start instances: whether all are handled that were stored before a message came
 * for an instance that does not exist (yet).
 */
export class Starts {
  readonly #seen = new Remembered<number>(MOST_REMEMBERED);
  readonly #durables = new Fresh(() => this.#readDurables());

  private constructor(
    private readonly manager: JetStreamManager,
    private readonly stream: string,
    private readonly durables: readonly string[],
  ) {}

  static async of({ client, names, app }: Outlet, step: string, starts: ContractClass): Promise<Starts> {
    const manager = await jetstreamManager(client, { apiPrefix: names.api, checkAPI: false });
    const durables = acceptedBy([starts]).map(({ contract }) => consumerName(app, step, contract));
    return new Starts(manager, names.events, durables);
  }

  /** Whether any was ever delivered. */
  async any(): Promise<boolean> {
    const durables = await this.#durables.ask();
    return durables.some(({ delivered }) => delivered > 0);
  }

  /** Whether the start of the message's flow may still be on its way: stored before the message was first asked for. */
  async mayCome(messageId: string): Promise<boolean> {
    const durables = await this.#durables.ask();
    if (durables.every(({ open }) => open === 0)) return false;
    const since = this.#seen.get(messageId);
    if (since !== undefined) return durables.some(({ floor, open }) => open > 0 && floor < since);
    const { state } = await this.manager.streams.info(this.stream);
    this.#seen.set(messageId, state.last_seq);
    return true;
  }

  async #readDurables(): Promise<Durable[]> {
    const infos = await Promise.all(this.durables.map((name) => this.#durable(name)));
    return infos.filter((info) => info !== undefined);
  }

  async #durable(name: string): Promise<Durable | undefined> {
    try {
      const { ack_floor, delivered, num_pending, num_ack_pending } = await this.manager.consumers.info(
        this.stream,
        name,
      );
      return {
        floor: ack_floor.stream_seq,
        delivered: delivered.consumer_seq,
        open: num_pending + num_ack_pending,
      };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound)
        return undefined;
      throw error;
    }
  }
}
