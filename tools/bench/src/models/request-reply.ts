import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node';
import type { Chain } from '../chain.ts';
import type { Order } from '../contracts.ts';
import { orderOf } from '../orders.ts';
import { IN_FLIGHT, REQUESTS } from './model.ts';

const TIMEOUT_MS = 10_000;

/**
 * A caller that asks three services one after another, as frameworks do it over NATS: a packet with an id, the reply
 * to an inbox, JSON both ways. Nothing is stored, checked or sent again.
 */
export async function startRequestReply(url: string): Promise<Chain> {
  const client = await connect({ servers: url, noAsyncTraces: true });
  for (const subject of REQUESTS.work) {
    answering(client, subject, async ({ data, id }) => ({ response: data, id }));
  }
  answering(client, REQUESTS.order, async ({ data, id }) => ({ response: await fulfil(client, data), id }));
  client.subscribe(REQUESTS.run, { callback: (_, message) => void run(client, message) });
  await client.flush();
  return { stop: () => client.drain() };
}

interface Packet {
  readonly id: string;
  readonly data: Order;
}

interface Reply {
  readonly id: string;
  readonly response: Order;
}

function answering(
  client: NatsConnection,
  subject: string,
  answer: (packet: Packet) => Promise<Reply>,
): void {
  client.subscribe(subject, {
    queue: 'services',
    callback: (_, message) =>
      void answer(message.json<Packet>()).then((reply) => message.respond(JSON.stringify(reply))),
  });
}

async function fulfil(client: NatsConnection, order: Order): Promise<Order> {
  let current = order;
  for (const subject of REQUESTS.work) {
    const packet = JSON.stringify({ id: current.orderId, data: current } satisfies Packet);
    const reply = await client.request(subject, packet, { timeout: TIMEOUT_MS });
    current = reply.json<Reply>().response;
  }
  return current;
}

/** Fulfils as many orders as the message says, so many at once, and answers when the last one is. */
async function run(client: NatsConnection, message: Msg): Promise<void> {
  let left = Number(message.string());
  const caller = async (): Promise<void> => {
    for (; left > 0; ) {
      left--;
      await fulfil(client, orderOf(`order-${left}`));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  message.respond('');
}
