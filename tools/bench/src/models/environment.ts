import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type ContractClass, contractOf } from '@troupe/contract';
import { DEFAULT_LANES, laneOf, type Names } from '@troupe/jetstream';
import { BenchError } from '../errors.ts';
import { cloudEvent } from '../orders.ts';

const POLL_MS = 20;
const STUCK_MS = 60_000;
const AT_ONCE = 512;

/** A message in EVENTS. */
export interface Sent {
  readonly id: string;
  readonly flow: string;
}

/** The streams that a model works through: opens flows in them, and tells how far they are. */
export class Environment {
  readonly #js: JetStreamClient;

  private constructor(
    private readonly manager: JetStreamManager,
    private readonly client: NatsConnection,
    readonly names: Names,
  ) {
    this.#js = jetstream(client);
  }

  static async of(client: NatsConnection, names: Names): Promise<Environment> {
    return new Environment(await jetstreamManager(client), client, names);
  }

  /** Resolves when the flow's first message is stored. */
  async open<T extends object>(contract: ContractClass<T>, flow: string, data: T): Promise<void> {
    const subject = `${this.names.contractSubject(contractOf(contract))}.${laneOf(flow, DEFAULT_LANES)}`;
    const { headers, payload } = cloudEvent(contract, flow, data);
    await this.#js.publish(subject, payload, { msgID: flow, headers });
  }

  /** Opens many as fast as the stream takes them. */
  async openMany<T extends object>(
    contract: ContractClass<T>,
    flows: readonly string[],
    dataOf: (flow: string) => T,
  ): Promise<void> {
    for (let opened = 0; opened < flows.length; opened += AT_ONCE) {
      const batch = flows.slice(opened, opened + AT_ONCE);
      await Promise.all(batch.map((flow) => this.open(contract, flow, dataOf(flow))));
    }
  }

  /** Answers a command as a step elsewhere would. */
  async answer<T extends object>(contract: ContractClass<T>, to: Sent, data: T): Promise<void> {
    const { id, flow } = to;
    const subject = `${this.names.contractSubject(contractOf(contract))}.${laneOf(flow, DEFAULT_LANES)}`;
    const { headers, payload } = cloudEvent(contract, flow, data, { id: `answer-${id}`, causationid: id });
    await this.#js.publish(subject, payload, { msgID: `answer-${id}`, headers });
  }

  /** So many different messages of a contract, picked at random. */
  async some(contract: ContractClass, count: number): Promise<Sent[]> {
    const subject = `${this.names.contractSubject(contractOf(contract))}.`;
    const { events } = this.names;
    const { first_seq, last_seq } = (await this.manager.streams.info(events)).state;
    const picked = new Map<number, Sent>();
    while (picked.size < count) {
      const seq = first_seq + Math.floor(Math.random() * (last_seq - first_seq + 1));
      const message = await this.manager.direct.getMessage(events, { seq });
      if (message?.subject.startsWith(subject) !== true) continue;
      const { header } = message;
      picked.set(seq, { id: header.get('ce-id'), flow: header.get('ce-correlationid') });
    }
    return [...picked.values()];
  }

  /** Calls back with each message of a contract from now on, until what it gives is called. */
  async listen<T extends object>(contract: ContractClass<T>, heard: (data: T) => void): Promise<() => void> {
    const subject = `${this.names.contractSubject(contractOf(contract))}.*`;
    const subscription = this.client.subscribe(subject, {
      callback: (_error, message) => heard(message.json<T>()),
    });
    await this.client.flush();
    return () => subscription.unsubscribe();
  }

  /** Removes all messages of earlier measurements. */
  async clear(): Promise<void> {
    await this.manager.streams.purge(this.names.events);
  }

  /**
   * Resolves when as many messages of a contract are stored, and every message of every step is acknowledged.
   * @throws BenchError when nothing moves for a minute
   */
  async has(contract: ContractClass, count: number): Promise<void> {
    const subject = this.names.contractSubject(contractOf(contract));
    let before = -1;
    let movedAt = Date.now();
    for (;;) {
      const { stored, last_seq } = await this.#stored(subject);
      if (stored >= count && (await this.#unsettled()) === 0) return;
      if (last_seq !== before) movedAt = Date.now();
      before = last_seq;
      if (Date.now() - movedAt > STUCK_MS)
        throw new BenchError(`${this.names.prefix} stands still at ${stored} of ${count} flows.`);
      await delay(POLL_MS);
    }
  }

  /** @throws BenchError unless EVENTS holds as many messages of each of its contracts */
  async assertEach(count: number): Promise<void> {
    for (const [subject, stored] of await this.#counts()) {
      if (stored !== count)
        throw new BenchError(`${subject} holds ${stored} messages, ${count} flows were opened.`);
    }
  }

  /** Messages that were ever stored in the streams and buckets of the environment. */
  async writes(): Promise<number> {
    const { prefix } = this.names;
    let written = 0;
    for await (const { config, state } of this.manager.streams.list()) {
      if (config.name.startsWith(`${prefix}_`) || config.name.startsWith(`KV_${prefix}_`))
        written += state.last_seq;
    }
    return written;
  }

  async #stored(subject: string): Promise<{ stored: number; last_seq: number }> {
    const { state } = await this.manager.streams.info(this.names.events, { subjects_filter: `${subject}.*` });
    const counts = Object.values(state.subjects ?? {});
    return { stored: counts.reduce((sum, count) => sum + count, 0), last_seq: state.last_seq };
  }

  async #unsettled(): Promise<number> {
    let open = 0;
    for await (const { num_pending, num_ack_pending } of this.manager.consumers.list(this.names.events))
      open += num_pending + num_ack_pending;
    return open;
  }

  /** Messages by subject, over all lanes. */
  async #counts(): Promise<Map<string, number>> {
    const { state } = await this.manager.streams.info(this.names.events, { subjects_filter: '>' });
    const counts = new Map<string, number>();
    for (const [subject, count] of Object.entries(state.subjects ?? {})) {
      const contract = subject.slice(0, subject.lastIndexOf('.'));
      counts.set(contract, (counts.get(contract) ?? 0) + count);
    }
    return counts;
  }
}
