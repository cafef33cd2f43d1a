import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { type ContractClass, contractOf, encodeBinary } from '@troupe/contract';
import { DEFAULT_LANES, laneOf, newFlowId } from '@troupe/jetstream';
import { chainNames, type Variant } from './chain.ts';
import { type Order, OrderPlaced } from './contracts.ts';

const AT_ONCE = 512;

/** Places orders at the beginning of a chain: for ours with the headers of a Troupe message, else bare. */
export class OrderDesk {
  readonly #js: JetStreamClient;
  readonly #variant: Variant;
  readonly #subject: string;

  constructor(client: NatsConnection, variant: Variant) {
    this.#js = jetstream(client);
    this.#variant = variant;
    this.#subject = chainNames(variant).first;
  }

  /** Places `count` orders as fast as the stream takes them, and tells of each order's id. */
  async placeMany(count: number, placing: (orderId: string) => void = () => {}): Promise<void> {
    for (let placed = 0; placed < count; placed += AT_ONCE) {
      const ids = Array.from({ length: Math.min(AT_ONCE, count - placed) }, () => newFlowId());
      await Promise.all(ids.map((id) => this.place(id)));
      ids.forEach(placing);
    }
  }

  /** Resolves when the stream has stored the order. */
  async place(orderId: string): Promise<void> {
    const subject = `${this.#subject}.${laneOf(orderId, DEFAULT_LANES)}`;
    const order = orderOf(orderId);
    if (this.#variant === 'troupe') {
      const { headers, payload } = cloudEvent(OrderPlaced, orderId, order);
      await this.#js.publish(subject, payload, { msgID: orderId, headers });
    } else {
      await this.#js.publish(subject, JSON.stringify(order), { msgID: orderId });
    }
  }
}

/** A message as a producer sends it; by default one that opens a flow of the same id. */
export function cloudEvent<T extends object>(
  opens: ContractClass<T>,
  flow: string,
  data: T,
  own: { readonly id: string; readonly causationid?: string } = { id: flow },
) {
  const contract = contractOf(opens);
  const event = encodeBinary(
    {
      ...own,
      source: '/bench',
      type: contract.id,
      time: new Date().toISOString(),
      dataschema: contract.dataschema,
      correlationid: flow,
      extensions: { appversion: '1.0.0' },
    },
    data,
  );
  const lines = headers();
  for (const [name, value] of event.headers) lines.append(name, value);
  return { headers: lines, payload: event.payload };
}

/** The order that every hop carries: three lines, about 400 bytes of JSON. */
export function orderOf(orderId: string): Order {
  return {
    orderId,
    customer: { name: 'Ada Example', customerId: 'c-20261125-0001', country: 'GB' },
    placedAt: '2026-11-25T12:00:00.000Z',
    currency: 'EUR',
    total: 34_350,
    lines: [
      { sku: 'TENT-2P', title: 'Tent for two', quantity: 1, unitPrice: 25_900 },
      { sku: 'STOVE-1', title: 'Gas stove', quantity: 1, unitPrice: 4_950 },
      { sku: 'LANTERN-9', title: 'Lantern', quantity: 2, unitPrice: 1_750 },
    ],
  };
}
