import { isDeepStrictEqual } from 'node:util';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerQueryError } from '../errors.ts';
import { OrderPlaced } from '../shop.spec.support.ts';
import { paying, Stage, shipping, until } from '../stage.spec.support.ts';
import type { FlowsQuery } from './flows.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

describe('a list of flows', () => {
  it('comes in pages, youngest first, each flow once', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    for (let n = 0; n < 5; n++)
      await shop.producer.send(OrderPlaced, { orderId: `o-${n}` }, { flowId: `f-${n}` });
    await until('all are known', async () => (await ledger.flows()).flows.length === 5);
    const seen: string[][] = [];
    let page = await ledger.flows({ limit: 2 });
    for (;;) {
      seen.push(page.flows.map(({ id }) => id));
      if (page.cursor === undefined) break;
      page = await ledger.flows({ limit: 2, cursor: page.cursor });
    }
    expect(seen.flat()).toEqual(['f-4', 'f-3', 'f-2', 'f-1', 'f-0']);
    expect(page.behindMs).toBeLessThan(60_000);
    expect((await ledger.flows({ type: 'order.placed.v1', until: new Date(0).toISOString() })).flows).toEqual(
      [],
    );
  });

  it.each([
    [{ state: 'lost' }, /none is "lost"/],
    [{ limit: 0 }, /from 1 to 500, not 0/],
    [{ limit: 501 }, /from 1 to 500, not 501/],
    [{ limit: 1.5 }, /from 1 to 500, not 1.5/],
    [{ since: 'yesterday' }, /"since" is a time such as/],
    [{ cursor: `1' OR 1=1` }, /The cursor .+ is none of this ledger/],
  ])('refuses %j', async (query, sentence) => {
    const stage = await Stage.on(server);
    const asked = (await stage.ledger()).flows(query as FlowsQuery);
    await expect(asked).rejects.toThrow(sentence);
    await expect(asked).rejects.toBeInstanceOf(LedgerQueryError);
  });
});

describe('a tail', () => {
  it('tells of flows as they change, until it is ended', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    await stage.app('shipping', [shipping()]);
    const tail = ledger.tail({ state: 'completed' });
    const next = tail.next();
    const { flowId } = await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    expect((await next).value).toMatchObject({ flow: { id: flowId, state: 'completed' }, missed: 0 });
    const end = new AbortController();
    const ended = ledger.tail({ signal: end.signal }).next();
    end.abort();
    expect((await ended).done).toBe(true);
    const last = tail.next();
    await ledger.close();
    expect((await last).done).toBe(true);
  });
});

describe('the steps', () => {
  it('say how their work goes, and which have no consumer', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    for (let n = 0; n < 10; n++) await shop.producer.send(OrderPlaced, { orderId: `o-${n}` });
    const steps = await until('all is paid', async () => {
      const { steps } = await ledger.steps();
      const [first] = steps[0]?.queues ?? [];
      return first?.criticalMs && first.waiting + first.inFlight === 0 ? steps : undefined;
    });
    expect(steps.map(({ step }) => step)).toEqual(['payments__authorize', 'shipping__dispatch']);
    expect(steps[0]).toMatchObject({
      app: 'payments',
      emits: ['payment.authorized.v1'],
    });
    const [orders, returns] = steps[0]?.queues ?? [];
    expect(orders).toMatchObject({ subject: `${stage.prefix}.evt.order.placed.v1`, hasConsumer: true });
    expect(orders?.perSecond).toBeGreaterThan(0);
    expect(orders?.criticalMs?.p99).toBeGreaterThanOrEqual(orders?.criticalMs?.p50 ?? 0);
    expect(returns?.subject).toBe(`${stage.prefix}.rdv.payments.authorize`);
    expect(steps[1]?.queues).toMatchObject([{ hasConsumer: false, waiting: 0 }]);
  });

  it('say how many instances answer, those of the environment alone', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const elsewhere = await Stage.on(server);
    await elsewhere.app('payments', [paying()]);
    const instances = async () => (await ledger.steps()).steps.map(({ app, instances }) => [app, instances]);
    const none = [
      ['payments', undefined],
      ['shipping', undefined],
    ];
    expect(await instances()).toEqual(none);
    const [staying, leaving] = [
      await stage.app('payments', [paying()]),
      await stage.app('payments', [paying()]),
    ];
    const both = [
      ['payments', 2],
      ['shipping', 0],
    ];
    await until('both answer', async () => isDeepStrictEqual(await instances(), both));
    await leaving.stop();
    const one = [
      ['payments', 1],
      ['shipping', 0],
    ];
    await until('one answers', async () => isDeepStrictEqual(await instances(), one));
    await staying.stop();
    await until('none answers', async () => isDeepStrictEqual(await instances(), none));
  });
});
