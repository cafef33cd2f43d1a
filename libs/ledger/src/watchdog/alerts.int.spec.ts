import { describe, expect, it } from 'vitest';
import { OrderPlaced } from '../shop.spec.support.ts';
import { paying, Stage, startServer, until } from '../stage.spec.support.ts';
import { Receiver } from './receiver.spec.support.ts';
import { firing, over, watchdogOf } from './watch.spec.support.ts';

/** An environment in which a step has work and no instance, until `mend` is called. */
async function troubled() {
  const server = await startServer();
  const stage = await Stage.on(server);
  const ledger = await stage.ledger();
  const shop = await stage.app('storefront', []);
  const leaving = await stage.app('payments', [paying()]);
  await leaving.stop(0);
  await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
  return { stage, ledger, mend: () => stage.app('payments', [paying()]) };
}

describe('the webhook', () => {
  it('is told when an alert begins and when it is over, signed, and by ids that a retry repeats', async () => {
    const { stage, ledger, mend } = await troubled();
    let refused = 0;
    const receiver = await Receiver.start(({ data }) =>
      data.kind === 'step-without-instance' && ++refused <= 2 ? 503 : 204,
    );
    const watchdog = watchdogOf(stage, ledger, { webhook: receiver });
    await until('it was told', () => receiver.ofKind('step-without-instance').length === 1);
    const tries = receiver.requests.filter(({ told }) => told.data.kind === 'step-without-instance');
    expect(tries.map(({ status }) => status)).toEqual([503, 503, 204]);
    expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
    expect(tries.at(-1)?.told).toMatchObject({
      type: 'alert.firing',
      text: expect.stringContaining('payments__authorize has 1 message to handle'),
      data: {
        state: 'firing',
        environment: stage.prefix,
        app: 'payments',
        step: 'payments__authorize',
        missing: ['payment.authorized.v1'],
        count: 1,
      },
    });
    await mend();
    await over(watchdog, 'step-without-instance');
    await until('it was told of the end', () => receiver.ofKind('step-without-instance').length === 2);
    const [begun, ended] = receiver.ofKind('step-without-instance');
    expect(ended?.told).toMatchObject({
      type: 'alert.resolved',
      text: expect.stringContaining('Over after'),
    });
    expect(ended?.told.data.since).toBe(begun?.told.data.since);
    expect(ended?.id).not.toBe(begun?.id);
  });

  it('is told once, however many watchdogs run', async () => {
    const { stage, ledger, mend } = await troubled();
    const receiver = await Receiver.start();
    const first = watchdogOf(stage, ledger, { webhook: receiver });
    const second = watchdogOf(stage, ledger, { webhook: receiver });
    await Promise.all([firing(first, 'step-without-instance'), firing(second, 'step-without-instance')]);
    await until('it was told', () => receiver.ofKind('step-without-instance').length > 0);
    await mend();
    await Promise.all([over(first, 'step-without-instance'), over(second, 'step-without-instance')]);
    await until('it was told of the end', () =>
      receiver.ofKind('step-without-instance').some(({ told }) => told.type === 'alert.resolved'),
    );
    expect(receiver.ofKind('step-without-instance').map(({ told }) => told.type)).toEqual([
      'alert.firing',
      'alert.resolved',
    ]);
  });

  it('is told by the next watchdog of what the last one could not tell, and not again of what it told', async () => {
    const { stage, ledger, mend } = await troubled();
    let isBack = false;
    const receiver = await Receiver.start(({ type }) => (type === 'alert.firing' || isBack ? 204 : 500));
    const first = watchdogOf(stage, ledger, { webhook: receiver });
    await until('it was told', () => receiver.ofKind('step-without-instance').length === 1);
    await mend();
    const refused = await until('it refused the end', () =>
      receiver.requests.find(
        ({ status, told }) => status === 500 && told.data.kind === 'step-without-instance',
      ),
    );
    await first.stop();
    isBack = true;
    watchdogOf(stage, ledger, { webhook: receiver });
    await until('the next one told it', () => receiver.taken.some(({ id }) => id === refused.id));
    expect(receiver.ofKind('step-without-instance').map(({ told }) => told.type)).toEqual([
      'alert.firing',
      'alert.resolved',
    ]);
  });

  it('is told nothing new by a watchdog that starts while an alert lasts', async () => {
    const { stage, ledger } = await troubled();
    const receiver = await Receiver.start();
    const first = watchdogOf(stage, ledger, { webhook: receiver });
    await until('it was told', () => receiver.ofKind('step-without-instance').length === 1);
    await first.stop();
    const second = watchdogOf(stage, ledger, { webhook: receiver });
    await firing(second, 'step-without-instance');
    await until('it was told of another one', async () => {
      await stage.client.request(`${stage.prefix}.dlq.foreign.step`, new Uint8Array(1_000_000));
      return receiver.ofKind('stream-filling').length > 0;
    });
    // The first one may have been stopped before it noted that it was heard: the same message comes again then.
    expect(new Set(receiver.ofKind('step-without-instance').map(({ id }) => id)).size).toBe(1);
  });

  it('is told of what begins after somebody deleted the bucket', async () => {
    const { stage, ledger, mend } = await troubled();
    const receiver = await Receiver.start();
    watchdogOf(stage, ledger, { webhook: receiver });
    await until('it was told', () => receiver.ofKind('step-without-instance').length === 1);
    await stage.manager.streams.delete(`KV_${stage.names.bucket('watchdog')}`);
    const leaving = await mend();
    await leaving.stop(0);
    await (await stage.app('storefront', [])).producer.send(OrderPlaced, { orderId: 'o-2' });
    await until('it was told again', () => receiver.ofKind('step-without-instance').length > 1);
    const [first, ...others] = receiver.ofKind('step-without-instance').map(({ id }) => id);
    expect(others).not.toContain(first);
  });

  it('is told that the broker is away, and that it is back', async () => {
    const server = await startServer();
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const receiver = await Receiver.start();
    watchdogOf(stage, ledger, { webhook: receiver });
    await until('it is told of what is missing', () => receiver.ofKind('step-without-consumer').length === 2);
    await server.kill();
    await until('it is told', () => receiver.ofKind('ledger-behind').length === 1, 40_000);
    await server.restart();
    await until('it is told of the end', () => receiver.ofKind('ledger-behind').length === 2, 40_000);
    expect(receiver.ofKind('ledger-behind').map(({ told }) => told.type)).toEqual([
      'alert.firing',
      'alert.resolved',
    ]);
  }, 90_000);
});
