import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findLocalBroker, type LocalBroker } from './find.ts';
import { LocalServer } from './local-server.ts';
import { lockStore } from './store-lock.ts';

/** A running nats-server of ours, for local use and tests. */
export interface NatsServer {
  /** `nats://127.0.0.1:<port>`; the same for as long as this server lives, across restarts. */
  readonly url: string;
  readonly port: number;
  /** The process that runs now; another one after a restart. On Docker that of the client. */
  readonly pid: number;
  readonly storeDir: string;
  /** Ends the server (SIGTERM, after 5 s SIGKILL) and removes what is temporary. May be called twice. */
  stop(): Promise<void>;
  /**
   * Sends a signal as a fault; resolves when the server is gone for one that ends it, else when it is sent.
   * The store stays, for `restart`. @default 'SIGKILL'
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the server if it still runs, and starts it on the same port and store. Resolves when it is ready. */
  restart(): Promise<void>;
}

export interface StartNatsServerOptions {
  /** @default a free one, chosen by the server itself: nothing else can take it in between */
  readonly port?: number | undefined;
  /** Kept on stop when given. @default a temporary folder, removed on stop */
  readonly storeDir?: string | undefined;
  /** Lines for the top level of nats-server's configuration file, such as a `cluster` block. */
  readonly configExtra?: string | undefined;
  /** Lines for the inside of its `jetstream` block, such as `sync_interval: always`. */
  readonly jetstreamExtra?: string | undefined;
  /** Largest message in bytes. @default 2 MiB */
  readonly maxPayload?: number | undefined;
  /** Appended to. @default a temporary file, removed on stop */
  readonly logFile?: string | undefined;
  /** How long it may take to be ready, in milliseconds. @default 30,000 */
  readonly readyTimeoutMs?: number | undefined;
  /** Called when the server ends without `stop`, `kill` or `restart` of this object. */
  readonly onExit?: ((how: string) => void) | undefined;
  /** @default silent */
  readonly onProgress?: ((text: string) => void) | undefined;
  /** @default findLocalBroker(): `NATS_URL` is not looked at, since this starts a server of its own */
  readonly broker?: LocalBroker | undefined;
}

const MEBIBYTE = 1024 * 1024;

/**
 * Starts nats-server with JetStream on file storage, on 127.0.0.1 only. Resolves when it accepts connections and
 * JetStream answers. Nothing stays behind when this process ends without `stop`, see {@link guardProcess}.
 *
 * @throws BrokerNotFoundError, BrokerChecksumError, BrokerCacheError see {@link findLocalBroker}
 * @throws BrokerPortTakenError when `port` is given and another process has it
 * @throws BrokerStoreTakenError when `storeDir` is given and another server runs on it
 * @throws BrokerStartError when it ends early or is not ready in time, with the last lines of its log
 */
export async function startNatsServer(options: StartNatsServerOptions = {}): Promise<NatsServer> {
  const onProgress = options.onProgress ?? (() => undefined);
  const broker = options.broker ?? (await findLocalBroker({ onProgress }));
  const runtimeDir = await mkdtemp(join(tmpdir(), 'troupe-broker-'));
  try {
    const storeDir = resolve(options.storeDir ?? join(runtimeDir, 'store'));
    const logFile = resolve(options.logFile ?? join(runtimeDir, 'nats-server.log'));
    await mkdir(dirname(logFile), { recursive: true });
    const server = new LocalServer({
      broker,
      runtimeDir,
      logFile,
      config: {
        storeDir,
        maxPayload: options.maxPayload ?? 2 * MEBIBYTE,
        configExtra: options.configExtra,
        jetstreamExtra: options.jetstreamExtra,
      },
      lock: options.storeDir === undefined ? undefined : await lockStore(storeDir),
      readyTimeoutMs: options.readyTimeoutMs ?? 30_000,
      onExit: options.onExit ?? (() => undefined),
      onProgress,
    });
    await server.start(options.port);
    return server;
  } catch (error) {
    await rm(runtimeDir, { recursive: true, force: true });
    throw error;
  }
}
