import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OrderPlaced, PaymentAuthorized, stepOf, until } from '../fixtures.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
});

/** What a redrive puts on the step's own subject. */
function redrive(type: string): Promise<number> {
  const headers = { 'ce-specversion': '1.0', 'ce-id': type, 'ce-source': '/f', 'ce-type': type };
  return stage.put(
    `${stage.names.redriveSubject('shop', 'authorize')}.0`,
    headers,
    '{"orderId":"1","amount":1}',
  );
}

describe('during a rolling deployment', () => {
  it('what only the newer build consumes is handed back by the older one until the newer takes it', async () => {
    const handled: string[] = [];
    const newer = stepOf({
      on: [OrderPlaced, PaymentAuthorized],
      handle: (_message, { type }) => void handled.push(type),
    });
    const gone = await stage.app([newer], { version: '2.0.0' });
    await gone.stop();
    await stage.app([stepOf()], { version: '1.0.0' });
    await redrive('payment.authorized.v1');
    const delayed = stage.names.delayed('shop');
    await until('it was handed out and back', async () => {
      const { delivered, num_ack_pending } = await stage.manager.consumers.info(delayed, 'shop__authorize');
      return delivered.consumer_seq === 1 && num_ack_pending === 1;
    });
    await stage.app([newer], { version: '2.0.0' });
    await until('the newer build takes it', () => handled.length === 1, 30_000);
    await stage.settled('shop__authorize', delayed);
    expect(handled).toEqual(['payment.authorized.v1']);
    expect(await stage.deadLetters()).toEqual([]);
  }, 60_000);

  it('what no build consumes is dead-lettered', async () => {
    await stage.app([stepOf()]);
    await redrive('payment.authorized.v1');
    await stage.settled('shop__authorize', stage.names.delayed('shop'));
    const reasons = (await stage.deadLetters()).map(({ header }) => header.get('x-dead-letter-reason'));
    expect(reasons).toEqual(['contract-unknown']);
  });

  it('a step takes what it consumes from its own subject, whichever of its contracts it is', async () => {
    const handled: string[] = [];
    await stage.app([
      stepOf({
        on: [OrderPlaced, PaymentAuthorized],
        handle: (_message, { type }) => void handled.push(type),
      }),
    ]);
    await redrive('payment.authorized.v1');
    await redrive('order.placed.v1');
    await stage.settled('shop__authorize', stage.names.delayed('shop'));
    expect(handled.sort()).toEqual(['order.placed.v1', 'payment.authorized.v1']);
  });
});
