import { type NatsServer, type StartNatsServerOptions, startNatsServer } from '@troupe/broker';

/** A throw-away broker; `kill` and `restart` play an outage. */
export type TestBroker = NatsServer;

/**
 * A throw-away broker on a free port of 127.0.0.1, empty, on file storage; ready when this resolves. `stop` ends it
 * and removes what it stored.
 * @throws BrokerNotFoundError when there is no nats-server and none can be fetched; it names the ways out
 */
export function startBroker(options?: StartNatsServerOptions): Promise<TestBroker> {
  return startNatsServer(options);
}
