import { createHash, randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { ParcelDelivered, ParcelReturned } from '@shop/contracts-carrier';
import { OrderPlaced } from '@shop/contracts-order';
import { PaymentDeclined, PaymentRefunded } from '@shop/contracts-payment';
import { Flow, newFlowId, Producer } from '@troupe/nest';
import { type Claim, IdempotencyKeys } from './idempotency-keys.ts';
import type { Order } from './order.ts';
import { OrderRecords } from './order-records.ts';
import type { Receipt } from './receipt.ts';

/** What became of a wish to place an order. */
export type Placing = { readonly placed: true; readonly receipt: Receipt } | { readonly placed: false };

/** Places orders: after `order.placed` is stored, the storefront is out of it. */
@Flow({
  starts: OrderPlaced,
  ends: [ParcelDelivered, ParcelReturned, PaymentDeclined, PaymentRefunded],
  within: '14d',
})
@Injectable()
export class Orders {
  readonly #log = new Logger(Orders.name);

  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly records: OrderRecords,
    private readonly producer: Producer,
  ) {}

  /**
   * Resolves when the order is stored. With a key, a repeat gives the first receipt and places nothing; the answer is
   * not placed when the key stands for another order. A crash anywhere is healed by the repeat: the key names the
   * order before it is placed, and the stream takes an id once.
   * @throws BrokerUnavailableError and what else `Producer.send` throws: to be tried again, safely with a key only
   */
  async place(order: Order, key: string | undefined): Promise<Placing> {
    const receipt: Receipt = {
      orderId: randomUUID(),
      flowId: newFlowId(),
      placedAt: new Date().toISOString(),
    };
    if (key === undefined) {
      await this.#publish(receipt, order);
      return { placed: true, receipt };
    }
    const orderHash = hashOf(order);
    const claim = await this.keys.claim(key, { ...receipt, orderHash, placed: false });
    if (claim.orderHash !== orderHash) return { placed: false };
    if (!claim.placed) {
      await this.#publish(claim, order);
      await this.#mark(key, claim);
    }
    return { placed: true, receipt: claim };
  }

  /** The receipt of an order that was taken within the last day. */
  find(orderId: string): Promise<Receipt | undefined> {
    return this.records.get(orderId);
  }

  /** The record first: whoever is told of an order finds it. */
  async #publish(receipt: Receipt, order: Order): Promise<void> {
    const { orderId, flowId } = receipt;
    await this.records.put(receipt);
    await this.producer.send(OrderPlaced, { orderId, ...order }, { id: orderId, flowId });
  }

  /** Not vital: without the mark, a repeat sends the same message again. */
  async #mark(key: string, claim: Claim): Promise<void> {
    try {
      await this.keys.markPlaced(key, claim);
    } catch (error) {
      this.#log.warn(`Order ${claim.orderId} is placed, but not marked so: ${error}`);
    }
  }
}

function hashOf(order: Order): string {
  return createHash('sha256').update(JSON.stringify(order)).digest('base64url');
}
