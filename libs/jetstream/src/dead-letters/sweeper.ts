import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JsMsg,
} from '@nats-io/jetstream';
import type { Connection } from '../connection/connection.ts';
import { Names, SWEEPER } from '../naming.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import { Publisher } from '../publish/publisher.ts';
import { type Advisory, originalOf, sweptCopy, sweptId } from './advisory.ts';
import { type Broker, brokerOf } from './broker.ts';
import { DeadLettersMissingError } from './errors.ts';
import { headerOf, pagesOf } from './stored.ts';

/** What a sweep found. */
export interface SweepReport {
  /** Messages that are dead letters now. */
  readonly swept: number;
  /** Messages that were already. */
  readonly known: number;
  /** Messages that their stream no longer has: nothing is left to keep. */
  readonly gone: number;
}

/** How a sweep is run. */
export interface SweepOptions {
  /** Goes on with what comes, until aborted. Default false: ends when all advisories are read. */
  readonly watch?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after each batch. */
  readonly onProgress?: ((report: SweepReport) => void) | undefined;
}

const BATCH = 100;
const EXPIRES_MS = 1_000;
const PUBLISH_TIMEOUT_MS = 10_000;

/**
 * Makes dead letters of the messages that consumers of others gave up: JetStream says so in an advisory, which the
 * stream of notices captures. An advisory is acknowledged when the full copy is stored, and a copy is stored once, so
 * a sweep may die or run twice at any moment.
 */
export class Sweeper {
  readonly #publisher: Publisher;

  private constructor(
    private readonly names: Names,
    private readonly broker: Broker,
    private readonly consumer: Consumer,
    publisher: Publisher,
  ) {
    this.#publisher = publisher;
  }

  /** @throws DeadLettersMissingError when the environment has no notices' stream */
  static async open(connection: Connection, prefix = ''): Promise<Sweeper> {
    const client = await connection.connected();
    const broker = await brokerOf(client);
    const names = new Names(prefix);
    const consumer = await durableOf(broker, names);
    const publisher = new Publisher(client, () => connection.state === 'connected', connection.inboxPrefix);
    return new Sweeper(names, broker, consumer, publisher);
  }

  close(): void {
    this.#publisher.close();
  }

  async sweep({ watch = false, signal, onProgress }: SweepOptions = {}): Promise<SweepReport> {
    let report: SweepReport = { swept: 0, known: 0, gone: 0 };
    while (signal?.aborted !== true) {
      const { num_pending } = await this.consumer.info();
      if (num_pending === 0 && !watch) break;
      const advisories = await this.#next(Math.min(BATCH, Math.max(num_pending, 1)));
      if (advisories.length === 0) continue;
      const batch = await this.#sweep(advisories);
      report = {
        swept: report.swept + batch.swept,
        known: report.known + batch.known,
        gone: report.gone + batch.gone,
      };
      onProgress?.(report);
    }
    return report;
  }

  async #next(most: number): Promise<JsMsg[]> {
    const advisories: JsMsg[] = [];
    const batch = await this.consumer.fetch({ max_messages: most, expires: EXPIRES_MS });
    for await (const message of batch) advisories.push(message);
    return advisories;
  }

  async #sweep(messages: readonly JsMsg[]): Promise<SweepReport> {
    const advisories = messages.map((message) => message.json<Advisory>());
    const originals = await Promise.all(
      advisories.map((advisory) => originalOf(this.broker.client, advisory)),
    );
    const copies = new Map<string, OutgoingMessage>();
    let earliest = new Date();
    originals.forEach((original, i) => {
      const advisory = advisories[i];
      if (original === undefined || advisory === undefined) return;
      copies.set(sweptId(advisory), sweptCopy(advisory, original, this.names));
      earliest = new Date(Math.min(earliest.getTime(), original.info.publishedAt));
    });
    const known = await this.#known(copies, earliest);
    const missing = [...copies].filter(([id]) => !known.has(id));
    await Promise.all(missing.map(([, copy]) => this.#publisher.publish(copy, PUBLISH_TIMEOUT_MS)));
    await Promise.all(messages.map((message) => message.ackAck()));
    return {
      swept: missing.length,
      known: copies.size - missing.length,
      gone: originals.filter((original) => original === undefined).length,
    };
  }

  /** The duplicate window forgets; the stream does not. Whatever was swept stands behind the message itself. */
  async #known(copies: ReadonlyMap<string, OutgoingMessage>, since: Date): Promise<Set<string>> {
    const known = new Set<string>();
    for (const subject of new Set([...copies.values()].map((copy) => copy.subject))) {
      for await (const page of pagesOf(this.broker, this.names.deadLetters, {
        subject,
        since,
        headersOnly: true,
      })) {
        for (const stored of page) {
          const id = headerOf(stored, 'Nats-Msg-Id');
          if (id !== undefined && copies.has(id)) known.add(id);
        }
      }
    }
    return known;
  }
}

async function durableOf(broker: Broker, names: Names): Promise<Consumer> {
  try {
    await broker.manager.consumers.add(names.notices, {
      durable_name: SWEEPER,
      filter_subject: names.givenUpSubject(),
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      max_deliver: -1,
    });
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      throw new DeadLettersMissingError(names.notices);
    throw error;
  }
  return broker.jetstream.consumers.get(names.notices, SWEEPER);
}
