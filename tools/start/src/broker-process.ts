import {
  BrokerStoreTakenError,
  findBroker,
  type LocalBroker,
  startNatsServer,
  withoutCredentials,
} from '@troupe/broker';
import { AlreadyRunningError } from './errors.ts';
import type { Home } from './home.ts';
import { type Observer, type Supervised, supervise } from './supervision.ts';

/** The broker that the apps use: one of ours, or one that ran before. */
export interface RunningBroker {
  readonly url: string;
  /** What a person is told about it: without credentials. */
  readonly shown: string;
  /** The process that runs now, or did last; undefined when it is not ours. */
  readonly pid: number | undefined;
  /** Ends it when it is ours. May be called twice. */
  stop(): Promise<void>;
}

/** What `openBroker` takes. */
export interface BrokerOptions {
  /** Its store and its log. */
  readonly home: Home;
  /** 0 for a free one. */
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly observer: Observer;
}

/**
 * The broker that `NATS_URL` names, else one of ours on the store of `home`, which is started again when it ends.
 * @throws AlreadyRunningError when another order system runs on that store
 * @throws BrokerError whatever else keeps a broker from running
 */
export async function openBroker(options: BrokerOptions): Promise<RunningBroker> {
  const onProgress = (text: string) => console.log(`  ${text}`);
  const broker = await findBroker({ env: options.env, onProgress });
  if (broker.kind !== 'external') return startBroker(broker, { ...options, onProgress });
  const { url } = broker;
  return { url, shown: withoutCredentials(url), pid: undefined, stop: () => Promise.resolve() };
}

async function startBroker(
  broker: LocalBroker,
  { home, port, observer, onProgress }: BrokerOptions & { onProgress: (text: string) => void },
): Promise<RunningBroker> {
  let exit = Promise.withResolvers<string>();
  const server = await startNatsServer({
    broker,
    port: port === 0 ? undefined : port,
    storeDir: home.store,
    logFile: home.logOf('broker'),
    onExit: (how) => exit.resolve(how),
    onProgress,
  }).catch((error: unknown) => {
    throw error instanceof BrokerStoreTakenError ? new AlreadyRunningError(home.folder, error.pid) : error;
  });
  const supervised: Supervised = {
    name: 'broker',
    get pid() {
      return server.pid;
    },
    get exited() {
      return exit.promise;
    },
    runAgain: () => {
      exit = Promise.withResolvers();
      return server.restart();
    },
  };
  const stopping = new AbortController();
  const supervision = supervise(supervised, stopping.signal, observer);
  return {
    url: server.url,
    get shown() {
      return `${server.url} (process ${server.pid}, store ${server.storeDir})`;
    },
    get pid() {
      return server.pid;
    },
    stop: async () => {
      stopping.abort();
      exit.resolve('it was stopped');
      await server.stop();
      await supervision;
      // Ends what a restart was about to start meanwhile.
      await server.stop();
    },
  };
}
