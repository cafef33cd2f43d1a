import { type ConsumerMessages, type JetStreamClient, jetstream } from '@nats-io/jetstream';
import { connect, SimpleMutex } from '@nats-io/transport-node';
import { type Chain, chainNames, type Hop, IN_FLIGHT } from '../chain.ts';
import { pass } from './hop.ts';

/** nats.js as its documentation shows it: default options, the iterator, and its mutex around the work. */
export async function startDocumented(url: string): Promise<Chain> {
  const client = await connect({ servers: url });
  const js = jetstream(client);
  const { stream, hops } = chainNames('documented');
  for (const hop of hops) {
    const consumer = await js.consumers.get(stream, hop.durable);
    void consume(js, hop, await consumer.consume({ max_messages: IN_FLIGHT }));
  }
  return { stop: () => client.drain() };
}

async function consume(js: JetStreamClient, hop: Hop, messages: ConsumerMessages): Promise<void> {
  const slots = new SimpleMutex(IN_FLIGHT);
  for await (const message of messages) {
    await slots.lock();
    void pass(js, hop, message).finally(() => slots.unlock());
  }
}
