import { setTimeout as delay } from 'node:timers/promises';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { type BrokerRefusedError, BrokerUnavailableError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { type Access, logonOf } from './credentials.ts';
import { Refusals } from './refusals.ts';
import { readServers, type Servers } from './servers.ts';

/** Where the broker is and how to log on. */
export interface ConnectionOptions {
  /** One or more `nats://[user:password@]host:port`, as a list or with commas. Default `nats://127.0.0.1:4222`. */
  readonly servers?: string | readonly string[];
  /** Shown in the broker's connection list. */
  readonly name?: string;
  /** A file with the seed of the nkey to log on with, read once. It outranks what an address says. Default: none. */
  readonly keyFile?: string;
  /** A file with the certificates (PEM) that the broker's must be signed by; with one, only TLS is spoken. Default: the system's. */
  readonly caFile?: string;
  /** Passed to the client, and outranks the rest: credentials, TLS, inbox prefix. */
  readonly client?: Partial<
    Pick<NodeConnectionOptions, 'user' | 'pass' | 'token' | 'authenticator' | 'tls' | 'inboxPrefix'>
  >;
}

export type ConnectionState = 'connecting' | 'connected' | 'disconnected' | 'closed';

/**
 * The client writes what has gathered at 32 KiB; at 64 KiB a hop costs 3 % less here and the server 8 % less. Its types
 * do not name the option.
 */
const LARGE_WRITES = { pendingLimit: 64 * 1024 };

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
const REMIND_MS = 10_000;
const CLOSE_MS = 2_000;

/**
 * One app's connection to the broker. It connects when first asked for, waits for the broker for ever, then and
 * later, and says so in the log; whoever needs it in time asks for `state` or bounds the wait.
 */
export class Connection {
  #state: ConnectionState = 'connecting';
  #client: NatsConnection | undefined;
  readonly #log: Logger;
  readonly #options: ConnectionOptions;
  readonly #servers: Servers;
  readonly #access: Access;
  readonly #refusals: Refusals;
  #refusal: BrokerRefusedError | undefined;
  #connected: Promise<NatsConnection> | undefined;
  #closed: Promise<void> | undefined;
  readonly #stop = new AbortController();
  readonly #reconnected = new Set<() => void>();
  readonly #refused = new Set<() => void>();

  /**
   * @throws StepDefinitionError when a server is no address
   * @throws CredentialsError when a file cannot be used
   */
  constructor(options: ConnectionOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
    this.#servers = readServers(options.servers ?? 'nats://127.0.0.1:4222');
    const { user, access } = logonOf(this.#servers, options);
    this.#access = access;
    this.#refusals = new Refusals(this.#servers.addresses.join(', '), user, log);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** First tokens of the subjects that answers come back on, when the client was given its own. */
  get inboxPrefix(): string | undefined {
    return this.#options.client?.inboxPrefix;
  }

  /** Connects, once; resolves when it did first, rejects with `BrokerUnavailableError` when closed before. */
  connected(): Promise<NatsConnection> {
    this.#connected ??= this.#connect();
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

  /** Why the broker does not let the app log on, as long as it does not. */
  get refusal(): BrokerRefusedError | undefined {
    return this.#refusal;
  }

  /** Calls back each time when the broker refuses the logon. */
  onRefused(listener: () => void): void {
    this.#refused.add(listener);
  }

  /** Calls back after each reconnect. */
  onReconnect(listener: () => void): void {
    this.#reconnected.add(listener);
  }

  /** Sends what is buffered and closes: in 2 s at most, at once while the broker is away. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const connected = this.#state === 'connected';
    this.#state = 'closed';
    this.#stop.abort();
    const client = this.#client;
    if (client === undefined) return;
    if (connected) {
      const late = new AbortController();
      const drained = client.drain().catch(() => {}); // it went away meanwhile
      await Promise.race([drained, this.#wait(CLOSE_MS, late.signal)]);
      late.abort();
    }
    await client.close();
  }

  async #connect(): Promise<NatsConnection> {
    const { client: clientOptions, name } = this.#options;
    const since = Date.now();
    let reminded = 0;
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      try {
        const client = await connect({
          ...this.#access,
          ...clientOptions,
          servers: this.#servers.addresses,
          ...(name === undefined ? {} : { name }),
          maxReconnectAttempts: -1,
          reconnectTimeWait: 250,
          reconnectJitter: 250,
          ignoreAuthErrorAbort: true,
          pingInterval: 2_000, // a frozen server is otherwise never left
          maxPingOut: 2,
          timeout: 5_000,
          noAsyncTraces: true,
          ...LARGE_WRITES,
        });
        if (this.#stop.signal.aborted) {
          await client.close();
          break;
        }
        this.#client = client;
        this.#state = 'connected';
        this.#refusal = undefined;
        this.#log.info({ servers: client.getServer() }, 'connected to the broker');
        void this.#follow(client);
        return client;
      } catch (error) {
        const refusal = this.#refusals.ofLogon(error);
        this.#refusal = refusal;
        if (refusal !== undefined) {
          this.#wasRefused(refusal);
        } else if (Date.now() - reminded >= REMIND_MS) {
          reminded = Date.now();
          const seconds = Math.round((Date.now() - since) / 1000);
          const why = error instanceof Error ? error.message : String(error);
          this.#log.warn(
            { err: error, waitedSeconds: seconds },
            this.#sentence(`does not answer; waiting for it (${why})`),
          );
        }
        await this.#wait(
          Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt, 10), LONGEST_WAIT_MS),
          this.#stop.signal,
        );
      }
    }
    throw new BrokerUnavailableError(this.#sentence('was not reached before the app stopped'));
  }

  async #follow(client: NatsConnection): Promise<void> {
    for await (const status of client.status()) {
      if (this.#state === 'closed') return;
      switch (status.type) {
        case 'disconnect': // told again for each try that fails
          if (this.#state === 'disconnected') break;
          this.#state = 'disconnected';
          this.#log.warn({}, this.#sentence('went away; reconnecting until it is back'));
          break;
        case 'reconnect': // and as often once one succeeds
          if (this.#state === 'connected') break;
          this.#state = 'connected';
          this.#refusal = undefined;
          this.#log.info({ servers: client.getServer() }, 'reconnected to the broker');
          for (const listener of this.#reconnected) this.#call(listener);
          break;
        case 'error': {
          const refusal = this.#refusals.ofLogon(status.error);
          if (refusal === undefined) this.#refusals.report(status.error);
          else this.#wasRefused(refusal);
          break;
        }
        default:
      }
    }
    // The client ends by itself only when an authenticator throws; nothing but a restart helps then.
    if (this.#state !== 'closed') {
      this.#state = 'closed';
      this.#log.error({ err: await client.closed() }, this.#sentence('was given up by the client'));
    }
  }

  #wasRefused(refusal: BrokerRefusedError): void {
    this.#refusal = refusal;
    this.#refusals.report(refusal);
    for (const listener of this.#refused) this.#call(listener);
  }

  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#log.error({ err: error }, 'what waited for the connection failed'); // nobody awaits it
    }
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return delay(ms, undefined, { signal }).catch(() => {});
  }

  #sentence(what: string): string {
    return `The broker at ${this.#servers.addresses.join(', ')} ${what}.`;
  }
}
