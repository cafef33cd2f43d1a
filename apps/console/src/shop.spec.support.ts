import { OrderPlaced } from '@shop/contracts-order';
import { ParcelDispatched } from '@shop/contracts-parcel';
import { PaymentAuthorized, PaymentDeclined } from '@shop/contracts-payment';
import { next, Runtime, type StepDefinition, silentLogger, TerminalError } from '@troupe/jetstream';
import type { TestBroker } from '@troupe/testing';
import { tracing } from './tracing.spec.support.ts';

/** What payments does with an order, by its token; what is broken once is declined when it comes again. */
export type Token = 'tok_declined' | 'tok_broken' | 'tok_broken_once' | 'tok_slow';

/** A shop of which only the first steps exist. An order with a slow payment is in hand until `release` is called. */
export class Shop {
  readonly #apps: Runtime[] = [];
  readonly #broken = new Set<string>();
  release: () => void = () => {};

  private constructor(private readonly url: string) {}

  static async on({ url }: Pick<TestBroker, 'url'>): Promise<Shop> {
    const shop = new Shop(url);
    await shop.#start('storefront', []);
    await shop.#start('payments', [
      {
        name: 'authorize',
        on: [OrderPlaced],
        emits: [PaymentAuthorized, PaymentDeclined],
        from: 'beginning',
        handle: (order) => shop.#authorize(order as OrderPlaced),
      },
    ]);
    await shop.#start('notifications', [
      {
        name: 'notify',
        on: [OrderPlaced, PaymentDeclined, ParcelDispatched],
        emits: [],
        from: 'beginning',
        handle: () => {},
      },
    ]);
    return shop;
  }

  /** The ids of the flow and of the message. */
  async order(
    orderId: string,
    paymentToken: Token,
    flowId?: string,
  ): Promise<{ id: string; flowId: string }> {
    const order: OrderPlaced = {
      orderId,
      customer,
      deliverTo,
      lines: [{ sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 }],
      total: amount,
      paymentToken,
    };
    return this.#send(OrderPlaced, order, { id: orderId, ...(flowId !== undefined && { flowId }) });
  }

  /** Gives a parcel to a carrier, of which there is none here. */
  async dispatch(orderId: string): Promise<void> {
    const lines = [{ sku: 'TENT-2P', quantity: 1 }];
    const parcel: ParcelDispatched = {
      orderId,
      parcelId: `${orderId}-1`,
      warehouse: 'north',
      carrier: 'Northbound Freight',
      lines,
      customer,
      deliverTo,
    };
    await this.#send(ParcelDispatched, parcel, {});
  }

  async close(): Promise<void> {
    this.release();
    for (const app of this.#apps) await app.stop(1_000);
  }

  #send(...message: Parameters<Runtime['producer']['send']>): ReturnType<Runtime['producer']['send']> {
    const [storefront] = this.#apps;
    if (storefront === undefined) throw new Error('the shop is closed');
    return storefront.producer.send(...message);
  }

  async #start(app: string, steps: readonly StepDefinition[]): Promise<void> {
    const runtime = new Runtime({
      app,
      version: '1.0.0',
      connection: { servers: this.url },
      log: silentLogger,
      instrumentation: tracing,
      produces: app === 'storefront' ? [OrderPlaced, ParcelDispatched] : [],
      steps,
    });
    this.#apps.push(runtime);
    await runtime.start();
  }

  async #authorize({ orderId, paymentToken }: OrderPlaced) {
    if (paymentToken === 'tok_broken') throw new TerminalError('no such card');
    if (paymentToken === 'tok_broken_once' && !this.#broken.has(orderId)) {
      this.#broken.add(orderId);
      throw new TerminalError('no such card today');
    }
    if (paymentToken === 'tok_slow') await new Promise<void>((resolve) => (this.release = resolve));
    return next(PaymentDeclined, { orderId, amount, customer, reason: 'card-declined' });
  }
}

const deliverTo = { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' };
const customer = { name: 'Ada Example', email: 'ada@example.com' };
const amount = { amount: 12_900, currency: 'EUR' };
