import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { BrokerUnavailableError } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** Where the broker is and how to log on. */
export interface ConnectionOptions {
  /** One or more `nats://host:port`. Default `nats://127.0.0.1:4222`. */
  readonly servers?: string | readonly string[];
  /** Shown in the broker's connection list. */
  readonly name?: string;
  /** Passed to the client: credentials, TLS, inbox prefix. */
  readonly client?: Partial<
    Pick<NodeConnectionOptions, 'user' | 'pass' | 'token' | 'authenticator' | 'tls' | 'inboxPrefix'>
  >;
}

export type ConnectionState = 'connecting' | 'connected' | 'disconnected' | 'closed';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
const REMIND_MS = 10_000;

/**
 * One app's connection to the broker. It waits for the broker for ever, at start and later, and says so in the
 * log; whoever needs it in time asks for `state` or bounds the wait.
 */
export class Connection {
  #state: ConnectionState = 'connecting';
  #client: NatsConnection | undefined;
  readonly #log: Logger;
  readonly #servers: string[];
  readonly #connected: Promise<NatsConnection>;
  readonly #stop = new AbortController();
  readonly #reconnected = new Set<() => void>();

  constructor(options: ConnectionOptions, log: Logger) {
    this.#log = log;
    this.#servers = [options.servers ?? 'nats://127.0.0.1:4222']
      .flat()
      .flatMap((server) => server.split(','));
    this.#connected = this.#connect(options);
    this.#connected.catch(() => {}); // whoever waits for it is told; nobody has to
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Resolves when first connected; rejects with `BrokerUnavailableError` when closed before. */
  connected(): Promise<NatsConnection> {
    return this.#connected;
  }

  /** The client, connected or reconnecting. Throws `BrokerUnavailableError` before the first connection. */
  get client(): NatsConnection {
    if (this.#client === undefined) throw new BrokerUnavailableError(this.#sentence('is not connected yet'));
    return this.#client;
  }

  /** Throws `BrokerUnavailableError` unless the broker is connected now. */
  assertConnected(): void {
    if (this.#state !== 'connected') throw new BrokerUnavailableError(this.#sentence(`is ${this.#state}`));
  }

  /** Calls back after each reconnect. */
  onReconnect(listener: () => void): void {
    this.#reconnected.add(listener);
  }

  /** Sends what is buffered and closes; while the broker is away it closes at once. */
  async close(): Promise<void> {
    const connected = this.#state === 'connected';
    this.#state = 'closed';
    this.#stop.abort();
    if (this.#client === undefined) return;
    await (connected ? this.#client.drain() : this.#client.close());
  }

  async #connect(options: ConnectionOptions): Promise<NatsConnection> {
    const since = Date.now();
    let reminded = 0;
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      try {
        const client = await connect({
          ...options.client,
          servers: this.#servers,
          ...(options.name === undefined ? {} : { name: options.name }),
          maxReconnectAttempts: -1,
          reconnectTimeWait: 250,
          reconnectJitter: 250,
          ignoreAuthErrorAbort: true,
          pingInterval: 2_000, // a frozen server is otherwise never left
          maxPingOut: 2,
          timeout: 5_000,
          noAsyncTraces: true,
        });
        if (this.#stop.signal.aborted) {
          await client.close();
          break;
        }
        this.#client = client;
        this.#state = 'connected';
        this.#log.info({ servers: client.getServer() }, 'connected to the broker');
        void this.#follow(client);
        return client;
      } catch (error) {
        if (Date.now() - reminded >= REMIND_MS) {
          reminded = Date.now();
          const seconds = Math.round((Date.now() - since) / 1000);
          this.#log.warn(
            { err: error, waitedSeconds: seconds },
            this.#sentence('does not answer; waiting for it'),
          );
        }
        await this.#wait(Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt, 10), LONGEST_WAIT_MS));
      }
    }
    throw new BrokerUnavailableError(this.#sentence('was not reached before the app stopped'));
  }

  async #follow(client: NatsConnection): Promise<void> {
    for await (const status of client.status()) {
      if (this.#state === 'closed') return;
      switch (status.type) {
        case 'disconnect':
          this.#state = 'disconnected';
          this.#log.warn({}, this.#sentence('went away; reconnecting until it is back'));
          break;
        case 'reconnect':
          this.#state = 'connected';
          this.#log.info({ servers: client.getServer() }, 'reconnected to the broker');
          for (const listener of this.#reconnected) listener();
          break;
        case 'error':
          this.#log.error({ err: status.error }, `the broker reports: ${status.error.message}`);
          break;
        default:
      }
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#stop.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#stop.signal.addEventListener('abort', done);
    });
  }

  #sentence(what: string): string {
    return `The broker at ${this.#servers.join(', ')} ${what}.`;
  }
}
