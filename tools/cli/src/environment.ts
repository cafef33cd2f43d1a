import {
  BrokerUnavailableError,
  Connection,
  DeadLetters,
  Names,
  type PruneOptions,
  type Pruning,
  prune,
  Sweeper,
  silentLogger,
} from '@troupe/jetstream';
import type { Orchestrations } from '@troupe/orchestration';

const CONNECT_MS = 5_000;

/** One environment on a broker, connected when it is first needed. */
export class Environment {
  #connection: Connection | undefined;
  readonly #open: { close(): void }[] = [];

  constructor(
    private readonly servers: string | undefined,
    private readonly prefix: string | undefined,
  ) {}

  /** @throws BrokerUnavailableError when the broker does not answer within 5 s */
  async deadLetters(): Promise<DeadLetters> {
    const letters = await DeadLetters.open(await this.#connected(), this.prefix);
    this.#open.push(letters);
    return letters;
  }

  /** @throws BrokerUnavailableError when the broker does not answer within 5 s */
  async sweeper(): Promise<Sweeper> {
    const sweeper = await Sweeper.open(await this.#connected(), this.prefix);
    this.#open.push(sweeper);
    return sweeper;
  }

  /** @throws BrokerUnavailableError when the broker does not answer within 5 s */
  async prune(options: PruneOptions): Promise<Pruning[]> {
    return prune(await this.#connected(), new Names(this.prefix), options);
  }

  /**
   * The orchestrations of every app.
   * @throws BrokerUnavailableError when the broker does not answer within 5 s
   */
  async orchestrations(): Promise<readonly Orchestrations[]> {
    // No other command needs what it is made of.
    const { openOrchestrations } = await import('@troupe/orchestration');
    const { prefix } = this;
    const opened = await openOrchestrations(await this.#connected(), {
      ...(prefix !== undefined && { prefix }),
      sender: { name: 'troupe-cli', version: '1' },
    });
    this.#open.push(opened);
    return opened.apps;
  }

  async close(): Promise<void> {
    for (const one of this.#open) one.close();
    await this.#connection?.close();
  }

  /** A connection waits for its broker for ever; a person does not. */
  async #connected(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const servers = this.servers ?? 'nats://127.0.0.1:4222';
    const connection = new Connection({ servers, name: 'troupe-cli' }, silentLogger);
    this.#connection = connection;
    const late = setTimeout(() => void connection.close(), CONNECT_MS);
    try {
      await connection.connected();
    } catch {
      const where = servers.replaceAll(/\/\/[^@/]*@/g, '//***@');
      throw new BrokerUnavailableError(`The broker at ${where} does not answer.`);
    } finally {
      clearTimeout(late);
    }
    return connection;
  }
}
