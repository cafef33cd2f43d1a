import {
  BrokerStoreTakenError,
  findBroker,
  type NatsServer,
  startNatsServer,
  withoutCredentials,
} from '@troupe/broker';
import { AlreadyRunningError } from './errors.ts';
import type { Home } from './home.ts';

/** The broker that the apps use: one of ours, or one that ran before. */
export interface RunningBroker {
  readonly url: string;
  /** What a person is told about it: without credentials. */
  readonly shown: string;
  readonly server: NatsServer | undefined;
}

/**
 * The broker that `NATS_URL` names, else one of ours on the store of `home`.
 * @throws AlreadyRunningError when another order system runs on that store
 * @throws BrokerError whatever else keeps a broker from running
 */
export async function openBroker(
  home: Home,
  port: number,
  env: NodeJS.ProcessEnv,
  onExit: (how: string) => void,
): Promise<RunningBroker> {
  const onProgress = (text: string) => console.log(`  ${text}`);
  const broker = await findBroker({ env, onProgress });
  if (broker.kind === 'external') {
    return { url: broker.url, shown: withoutCredentials(broker.url), server: undefined };
  }
  const server = await startNatsServer({
    broker,
    port: port === 0 ? undefined : port,
    storeDir: home.store,
    logFile: home.logOf('broker'),
    onExit,
    onProgress,
  }).catch((error: unknown) => {
    throw error instanceof BrokerStoreTakenError ? new AlreadyRunningError(home.folder, error.pid) : error;
  });
  return {
    url: server.url,
    shown: `${server.url} (process ${server.pid}, store ${server.storeDir})`,
    server,
  };
}
