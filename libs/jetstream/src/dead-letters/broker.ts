import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** The broker as dead letters need it. */
export interface Broker {
  readonly client: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
}

export async function brokerOf(client: NatsConnection): Promise<Broker> {
  return {
    client,
    jetstream: jetstream(client),
    manager: await jetstreamManager(client, { checkAPI: false }),
  };
}
