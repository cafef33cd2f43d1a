import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { APPS } from './cast.ts';
import { completed, flowOf, messagesOf, OUTCOME_TIME } from './console.ts';
import { sharedSystem } from './shared-system.ts';
import { placeOrder } from './shop.ts';
import { until } from './until.ts';

const SCALE_TIME = 120_000;

const system = sharedSystem();

vi.setConfig({ testTimeout: OUTCOME_TIME });

describe('a container', () => {
  it('that is paused holds up what it has, the ledger says where, and it goes on', async () => {
    await system.pause('inventory');
    const order = await placeOrder(system.url('storefront'));
    const sentence = await until('the ledger says who has the order', async () => {
      const flow = await flowOf(system.url('console'), order.flowId);
      return flow?.sentence.includes('inventory') ? flow.sentence : undefined;
    });
    expect(sentence).toMatch(/payment\.authorized\.v1/);
    await system.unpause('inventory');
    await completed(system.url('console'), order.flowId);
  });

  it('that is cut off from the network goes on when it is back', async () => {
    await system.disconnect('payments');
    const order = await placeOrder(system.url('storefront'));
    await until('the order waits for payments', async () => {
      const flow = await flowOf(system.url('console'), order.flowId);
      return flow?.sentence.includes('payments') ? true : undefined;
    });
    await system.reconnect('payments');
    const flow = await completed(system.url('console'), order.flowId);
    expect(messagesOf(flow)).toMatchObject({ 'payment.authorized.v1': 1 });
  });

  it('shares the work of its step with others', async () => {
    onTestFinished(() => system.scale('payments', 1), SCALE_TIME);
    await system.scale('payments', 3);
    await until('the ledger knows of three instances', async () => {
      const { steps } = (await (await fetch(`${system.url('console')}/steps`)).json()) as {
        steps: { step: string; instances?: number }[];
      };
      return steps.find(({ step }) => step === 'payments__authorize')?.instances === 3 ? true : undefined;
    });
  });

  it('ends well when it is told to, whichever app it is of', async () => {
    onTestFinished(() => system.startAgain(APPS), OUTCOME_TIME);
    const codes = await system.terminate(APPS);
    expect(codes).toEqual(Object.fromEntries(APPS.map((app) => [app, [0]])));
  });
});

it('is watched by Prometheus, every app of it, with the rules that are shipped', async () => {
  await until('every app is scraped', async () => {
    const answer = await fetch(`${system.url('prometheus')}/api/v1/targets?state=active`);
    const { data } = (await answer.json()) as { data: { activeTargets: Target[] } };
    const healthy = data.activeTargets.filter(({ health }) => health === 'up');
    const seen = new Set(healthy.map(({ labels }) => labels.service));
    return APPS.every((app) => seen.has(app)) ? true : undefined;
  });
  const rules = await fetch(`${system.url('prometheus')}/api/v1/rules`);
  expect(await rules.text()).toContain('TroupeFlowsStalled');
});

interface Target {
  readonly health: string;
  readonly labels: { readonly service: string };
}
