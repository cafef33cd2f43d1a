import { startNatsServer } from '@troupe/broker';
import { expect, it, onTestFinished } from 'vitest';
import { Stage } from '../consume/stage.spec.support.ts';
import type { Effects, Outlet } from '../effects.ts';
import { stepOf, until } from '../fixtures.spec.support.ts';

it('effects tell people what they must see, as their first step', async () => {
  const server = await startNatsServer();
  onTestFinished(() => server.stop());
  const stage = await Stage.on(server);
  const outlets: Outlet[] = [];
  const effects: Effects = {
    problem: undefined,
    open: async (outlet) => void outlets.push(outlet),
    process: () => Promise.resolve([]),
    published: () => {},
    close: () => Promise.resolve(),
  };
  await stage.app([stepOf({ name: 'plain' }), stepOf({ effects }), stepOf({ name: 'last', effects })]);
  const event = { id: 'o-1', type: 'order.placed.v1', source: '/x', flowId: 'flow-1' };
  outlets[0]?.alert('record-unreadable', 'The record was edited by hand.', event);
  await until('it is told', async () => (await stage.notices('alert')).length > 0);
  expect(outlets).toHaveLength(1);
  expect(await stage.notices('alert')).toMatchObject([
    {
      app: 'shop',
      step: 'authorize',
      reason: 'record-unreadable',
      message: 'The record was edited by hand.',
      event,
    },
  ]);
});
