import {
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { persist } from './persist.ts';
import { type Sighting, sightDeadLetter, sightEvent, sightNotice } from './sighting.ts';

/** A look at everything that the apps put into the broker from now on. */
export interface Watch {
  close(): Promise<void>;
}

/**
 * Reads events, dead letters and notices from now on, each stream in its order and without a gap, also when the broker
 * dies and comes back. Leaves nothing behind in the broker. The streams must exist.
 *
 * @param stop gives up the wait for a broker that does not answer at the beginning
 */
export async function watch(
  url: string,
  prefix: string,
  onSighting: (sighting: Sighting) => void,
  stop: AbortSignal,
): Promise<Watch> {
  return persist(() => open(url, prefix, onSighting), stop);
}

async function open(url: string, prefix: string, onSighting: (sighting: Sighting) => void): Promise<Watch> {
  const connection = await connect({
    servers: url.split(','),
    name: 'troupe-start',
    maxReconnectAttempts: -1,
  });
  try {
    const manager = await jetstreamManager(connection);
    const client = jetstream(connection);
    const streamPrefix = prefix === '' ? '' : `${prefix}_`;
    const subjectPrefix = prefix === '' ? '' : `${prefix}.`;
    const follow = async (stream: string, sight: (message: JsMsg) => Sighting, filter?: string) => {
      const info = await manager.streams.info(`${streamPrefix}${stream}`);
      return consume(client, info.config.name, info.state.last_seq + 1, filter, (message) =>
        onSighting(sight(message)),
      );
    };
    await follow('EVENTS', sightEvent);
    await follow('DEAD_LETTERS', sightDeadLetter);
    // The stream also holds the broker's own advisories, which say the same in other words.
    await follow('NOTICES', sightNotice, `${subjectPrefix}ntc.>`);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { close: () => connection.close() };
}

async function consume(
  client: JetStreamClient,
  stream: string,
  from: number,
  filter: string | undefined,
  callback: (message: JsMsg) => void,
): Promise<ConsumerMessages> {
  const consumer = await client.consumers.get(stream, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
    ...(filter === undefined ? {} : { filter_subjects: filter }),
  });
  return consumer.consume({ callback, expires: 5_000, idle_heartbeat: 1_000 });
}
