import type { NatsServer } from '@troupe/broker';
import { onTestFinished } from 'vitest';
import { Connection } from '../connection/connection.ts';
import { Stage } from '../consume/stage.spec.support.ts';
import { TerminalError } from '../errors.ts';
import { OrderPlaced, SMALL_STREAMS, stepOf, until } from '../fixtures.spec.support.ts';
import { silentLogger } from '../logger.ts';
import type { StepContext, StepDefinition } from '../step.ts';
import type { StreamSettings } from '../topology/streams.ts';
import { DeadLetters } from './dead-letters.ts';

export const AUTHOR = { by: 'ada', why: 'the provider is back' };

/** A broker environment with two steps on one event, of which one can be broken, and its dead letters. */
export class Surgery {
  /** Orders that `authorize` refuses; all when it is `true`. */
  broken: boolean | ReadonlySet<string> = true;
  /** `authorize` answers no sooner. */
  answering: Promise<void> = Promise.resolve();
  /** What each step saw, in order. */
  readonly authorized: string[] = [];
  readonly counted: string[] = [];
  readonly contexts: StepContext[] = [];

  private constructor(
    readonly stage: Stage,
    readonly letters: DeadLetters,
  ) {}

  static async on(
    server: NatsServer,
    authorize: Partial<StepDefinition> = {},
    settings: StreamSettings = {},
  ): Promise<Surgery> {
    const stage = await Stage.on(server);
    const streams = { ...SMALL_STREAMS, deadLettersMaxBytes: 32 * 1024 * 1024, ...settings };
    await stage.app([], { app: 'founder', streams }); // creates the streams
    const surgery = new Surgery(stage, await lettersOf(server, stage.prefix));
    await stage.app([surgery.#authorize(authorize), surgery.#count()], { streams });
    return surgery;
  }

  /** Dead-letters orders of these ids; resolves to the letters' numbers. */
  async deadLetter(...orders: string[]): Promise<number[]> {
    const before = (await this.stage.manager.streams.info(this.stage.names.deadLetters)).state.messages;
    await Promise.all(orders.map((order) => this.stage.order(order)));
    await until(
      'they are dead-lettered',
      async () => {
        const { state } = await this.stage.manager.streams.info(this.stage.names.deadLetters);
        return state.messages === before + orders.length;
      },
      60_000,
    );
    const { state } = await this.stage.manager.streams.info(this.stage.names.deadLetters);
    return orders.map((_, i) => state.last_seq - orders.length + 1 + i);
  }

  /** What was sent to the step alone. */
  redriven() {
    return this.stage.stored(
      this.stage.names.delayed('shop'),
      `${this.stage.names.redriveSubject('shop', 'authorize')}.*`,
    );
  }

  #authorize(definition: Partial<StepDefinition>): StepDefinition {
    return stepOf({
      name: 'authorize',
      handle: async (data, context) => {
        const { orderId } = data as OrderPlaced;
        this.authorized.push(orderId);
        this.contexts.push(context);
        const isBroken = typeof this.broken === 'boolean' ? this.broken : this.broken.has(orderId);
        await this.answering;
        if (isBroken) throw new TerminalError(`no provider for ${orderId}`);
      },
      ...definition,
    });
  }

  #count(): StepDefinition {
    return stepOf({
      name: 'count',
      handle: (data) => {
        this.counted.push((data as OrderPlaced).orderId);
      },
    });
  }
}

/** The dead letters of an environment, by a connection of their own, as another process would have them. */
export async function lettersOf(server: Pick<NatsServer, 'url'>, prefix: string): Promise<DeadLetters> {
  const connection = connectionTo(server);
  const letters = await DeadLetters.open(connection, prefix);
  onTestFinished(() => letters.close());
  return letters;
}

export function connectionTo({ url }: Pick<NatsServer, 'url'>): Connection {
  const connection = new Connection({ servers: url }, silentLogger);
  onTestFinished(() => connection.close());
  return connection;
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
