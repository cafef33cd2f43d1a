import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import type { Hop } from '../chain.ts';
import type { Order } from '../contracts.ts';

/** The durable work of one hop in bare nats.js: publish the next message under its own id, then ack this one. */
export async function pass(js: JetStreamClient, hop: Hop, message: JsMsg): Promise<void> {
  const order = message.json<Order>();
  const lane = message.subject.slice(message.subject.lastIndexOf('.'));
  await js.publish(hop.next + lane, JSON.stringify(order), { msgID: `${order.orderId}-${hop.step}` });
  message.ack();
}
