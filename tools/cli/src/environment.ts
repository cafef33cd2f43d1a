import {
  applyTopology,
  BrokerUnavailableError,
  Connection,
  type ConnectionOptions,
  DeadLetters,
  type EnvironmentDeclaration,
  inboxOf,
  Names,
  type PruneOptions,
  type Pruning,
  planTopology,
  prune,
  Sweeper,
  silentLogger,
  type TopologyChange,
} from '@troupe/jetstream';
import type { Orchestrations } from '@troupe/orchestration';
import { UsageError } from './errors.ts';

/** Where the broker is, and as whom to log on. */
export type Access = Pick<ConnectionOptions, 'servers' | 'keyFile' | 'caFile'>;

const CONNECT_MS = 5_000;
/** What a command is called in the broker. */
export const COMMAND_LINE = 'troupe-cli';

/** One environment on a broker, connected when it is first needed. */
export class Environment {
  #connection: Connection | undefined;
  readonly #open: { close(): void }[] = [];
  readonly names: Names;

  /** @throws UsageError for a prefix that the broker's names cannot carry */
  constructor(
    private readonly access: Access,
    private readonly prefix: string | undefined,
  ) {
    this.names = namesWith(prefix);
  }

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
    return prune(await this.#connected(), this.names, options);
  }

  /** @throws BrokerUnavailableError when the broker does not answer within 5 s */
  async planTopology(declaration: EnvironmentDeclaration): Promise<TopologyChange[]> {
    return planTopology(await this.#connected(), this.names, declaration);
  }

  /** @throws BrokerUnavailableError when the broker does not answer within 5 s */
  async applyTopology(declaration: EnvironmentDeclaration): Promise<void> {
    await applyTopology(await this.#connected(), this.names, declaration, silentLogger);
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
      sender: { name: COMMAND_LINE, version: '1' },
    });
    this.#open.push(opened);
    return opened.apps;
  }

  async close(): Promise<void> {
    for (const one of this.#open) one.close();
    await this.#connection?.close();
  }

  /**
   * A connection waits for its broker for ever; a person does not.
   * @throws BrokerUnavailableError, BrokerRefusedError, CredentialsError
   */
  async #connected(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const { servers = 'nats://127.0.0.1:4222' } = this.access;
    const client = { inboxPrefix: inboxOf(COMMAND_LINE) };
    const connection = new Connection({ ...this.access, servers, name: COMMAND_LINE, client }, silentLogger);
    this.#connection = connection;
    connection.onRefused(() => void connection.close());
    const late = setTimeout(() => void connection.close(), CONNECT_MS);
    try {
      await connection.connected();
    } catch {
      if (connection.refusal !== undefined) throw connection.refusal;
      const where = String(servers).replaceAll(/\/\/[^@/]*@/g, '//***@');
      throw new BrokerUnavailableError(`The broker at ${where} does not answer.`);
    } finally {
      clearTimeout(late);
    }
    return connection;
  }
}

/** @throws UsageError for a prefix that the broker's names cannot carry */
export function namesWith(prefix: string | undefined): Names {
  try {
    return new Names(prefix);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
