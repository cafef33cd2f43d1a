import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger, Names } from '@troupe/jetstream';

/** What the projection asks of the broker. */
export interface Broker {
  readonly client: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly names: Names;
  readonly log: Logger;
  /** First tokens of the subjects that answers come back on. Default: the client's. */
  readonly inboxPrefix: string | undefined;
}

export async function brokerOf(
  client: NatsConnection,
  names: Names,
  log: Logger,
  inboxPrefix?: string,
): Promise<Broker> {
  const manager = await jetstreamManager(client, { checkAPI: false });
  return { client, jetstream: jetstream(client), manager, names, log, inboxPrefix };
}
