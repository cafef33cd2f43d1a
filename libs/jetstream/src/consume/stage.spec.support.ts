import { connect } from 'node:net';
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { headers as newHeaders } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import type { NatsServer } from '@troupe/broker';
import { type ContractClass, contractOf } from '@troupe/contract';
import {
  connectTo,
  freshPrefix,
  managerOf,
  OrderPlaced,
  runtimeOf,
  stepOf,
  until,
} from '../fixtures.spec.support.ts';
import { consumerName, Names } from '../naming.ts';
import type { Notice, NoticeKind } from '../notices.ts';
import type { RuntimeOptions } from '../runtime/options.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { StepDefinition } from '../step.ts';

/** An environment of its own on a server, with what tests ask of it. */
export class Stage {
  readonly names: Names;

  private constructor(
    readonly server: NatsServer,
    readonly prefix: string,
    /** Not one of the apps' connections. */
    readonly client: NatsConnection,
    readonly manager: JetStreamManager,
  ) {
    this.names = new Names(prefix);
  }

  static async on(server: NatsServer): Promise<Stage> {
    return new Stage(server, freshPrefix(), await connectTo(server), await managerOf(server));
  }

  /** Starts an app with these steps; it stops with the test. */
  async app(steps: readonly StepDefinition[], options: Partial<RuntimeOptions> = {}): Promise<Runtime> {
    const runtime = runtimeOf(this.server, {
      app: 'shop',
      prefix: this.prefix,
      produces: [OrderPlaced],
      ...options,
      steps,
    });
    await runtime.start();
    return runtime;
  }

  /**
   * Has these orders delivered once, to an instance that hands them back: the next one cannot tell why they come again.
   * Gives their stream sequences.
   */
  async handedBack(...orders: string[]): Promise<number[]> {
    let held = 0;
    const handle = () => {
      held++;
      return new Promise<void>(() => {});
    };
    const leaving = await this.app([stepOf({ handle })]);
    const sequences: number[] = [];
    for (const order of orders) sequences.push(await this.order(order));
    await until('all are handled', () => held === orders.length);
    await leaving.stop(10);
    return sequences;
  }

  /** Publishes as some foreign client would; waits until it is stored. */
  async put(subject: string, headers: Record<string, string>, payload: string | Uint8Array): Promise<number> {
    const own = newHeaders();
    for (const [name, value] of Object.entries(headers)) own.append(name, value);
    const ack = await this.client.request(subject, payload, { headers: own, timeout: 10_000 });
    const answer = ack.json<{ seq?: number; error?: { description: string } }>();
    if (answer.seq === undefined || answer.error !== undefined)
      throw new Error(`not stored: ${answer.error?.description}`);
    return answer.seq;
  }

  /** Writes bytes that the client would refuse to: text is taken for Latin-1. Resolves when the broker has them. */
  async putRaw(subject: string, headers: string | Uint8Array, payload: string | Uint8Array): Promise<void> {
    const block = Buffer.from(headers as string, 'latin1');
    const body = Buffer.from(payload as string, 'latin1');
    const socket = connect(this.server.port, '127.0.0.1');
    socket.write('CONNECT {"verbose":false,"headers":true,"protocol":1}\r\n');
    socket.write(`HPUB ${subject} ${block.length} ${block.length + body.length}\r\n`);
    socket.write(Buffer.concat([block, body, Buffer.from('\r\nPING\r\n')]));
    let heard = '';
    await new Promise<void>((resolve) => {
      socket.on('data', (bytes) => {
        heard += bytes.toString();
        if (heard.includes('PONG')) resolve();
      });
    });
    socket.destroy();
  }

  /** Puts an order.placed in binary mode, changed as told. */
  order(orderId: string, headers: Record<string, string> = {}, body: unknown = { orderId }): Promise<number> {
    const attributes = {
      'ce-specversion': '1.0',
      'ce-id': orderId,
      'ce-source': '/foreign',
      'ce-type': 'order.placed.v1',
      ...headers,
    };
    const payload = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    return this.put(this.subjectOf(OrderPlaced), attributes, payload);
  }

  subjectOf(contract: ContractClass, lane = 0): string {
    return `${this.names.contractSubject(contractOf(contract))}.${lane}`;
  }

  durable(step: string, contract: ContractClass = OrderPlaced, app = 'shop'): string {
    return consumerName(app, step, contractOf(contract));
  }

  /** What a stream holds on a subject, oldest first. */
  async stored(stream: string, subject = '>'): Promise<StoredMsg[]> {
    const found: StoredMsg[] = [];
    for (let seq = 1; ; ) {
      const message = await this.manager.direct.getMessage(stream, { seq, next_by_subj: subject });
      if (message === null) return found;
      found.push(message);
      seq = message.seq + 1;
    }
  }

  /** Bodies of the events of a contract, oldest first. */
  async events<T extends object>(contract: ContractClass<T>): Promise<T[]> {
    const subject = `${this.names.contractSubject(contractOf(contract))}.*`;
    return (await this.stored(this.names.events, subject)).map((message) => message.json<T>());
  }

  deadLetters(): Promise<StoredMsg[]> {
    return this.stored(this.names.deadLetters);
  }

  /** Bodies of the notices of a kind. */
  async notices(kind: NoticeKind): Promise<Notice[]> {
    const subject = this.names.noticeSubject(kind, '*', '*');
    return (await this.stored(this.names.notices, subject)).map((message) => message.json());
  }

  /** Waits until a durable has nothing left to deliver and nothing unanswered. */
  async settled(durable: string, stream = this.names.events, timeoutMs?: number): Promise<void> {
    await until(
      `${durable} is done`,
      () => this.#isDone(durable, stream).catch(() => false), // away
      timeoutMs,
    );
  }

  /** A consumer hears of a message a moment after it is stored: that nothing is pending does not say that it did. */
  async #isDone(durable: string, stream: string): Promise<boolean> {
    const { config, ...info } = await this.manager.consumers.info(stream, durable);
    const last = await this.manager.streams.getMessage(stream, {
      last_by_subj: config.filter_subject ?? '>',
    });
    const heardOf = (last?.seq ?? 0) <= info.delivered.stream_seq;
    return heardOf && info.num_pending + info.num_ack_pending === 0;
  }
}
