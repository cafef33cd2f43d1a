import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setup } from 'xstate';
import { emit } from '../definition/actions.ts';
import { handOff } from '../definition/hand-off.ts';
import type { Completed } from '../definition/messages.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import type { MachineState } from '../record.ts';
import { ParcelConsigned, ParcelDelivered, ParcelHanded, ParcelSorted } from '../shop.spec.support.ts';
import { courierOptions } from './courier.spec.support.ts';
import { Stage } from './stage.spec.support.ts';
import { orchestrationStep } from './step.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Context {
  readonly parcel: string;
}

/** The carrier's own orchestration: it is begun by what is handed off to it, and hands off to a van. */
function regionOptions(): OrchestrationOptions {
  const machine = setup({
    types: {
      context: {} as Context,
      input: {} as ParcelConsigned,
      events: {} as Completed<'van', ParcelHanded>,
    },
  }).createMachine({
    id: 'region',
    context: ({ input: { parcel } }) => ({ parcel }),
    initial: 'driving',
    states: {
      driving: {
        entry: handOff(ParcelSorted, ({ context: { parcel } }) => ({ parcel }), {
          name: 'van',
          ends: [ParcelHanded],
          within: '1m',
        }),
        on: { 'van.completed': 'delivered' },
      },
      delivered: { entry: emit(ParcelDelivered, ({ context: { parcel } }) => ({ parcel })), type: 'final' },
    },
  });
  const common = { version: 1, commands: [], from: 'beginning' } as const;
  return {
    ...common,
    name: 'region',
    machine,
    starts: ParcelConsigned,
    emits: [ParcelSorted, ParcelDelivered],
  };
}

/** The van's: over as soon as it has begun. */
function vanOptions(): OrchestrationOptions {
  const machine = setup({ types: { context: {} as Context, input: {} as ParcelSorted } }).createMachine({
    id: 'van',
    context: ({ input: { parcel } }) => ({ parcel }),
    initial: 'handed',
    states: {
      handed: { entry: emit(ParcelHanded, ({ context: { parcel } }) => ({ parcel })), type: 'final' },
    },
  });
  const common = { version: 1, commands: [], from: 'beginning' } as const;
  return { ...common, name: 'van', machine, starts: ParcelSorted, emits: [ParcelHanded] };
}

describe('a hand-off whose remote side is an orchestration', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('is completed by the end of that one, three levels deep', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator(courierOptions());
    await stage.app('carrier', [orchestrationStep(regionOptions()), orchestrationStep(vanOptions())]);
    await stage.request('p-1', ['red', 'blue']);
    const { snapshot } = await stage.ended('p-1');
    const got = (snapshot as MachineState).context.got as { data: { parcel: string } }[];
    expect(got.map(({ data }) => data.parcel).sort()).toEqual(['blue', 'red']);
    const flows = (messages: readonly { flow: string; parent: string }[]) =>
      messages.map(({ flow, parent }) => `${flow} of ${parent}`).sort();
    expect(flows(await stage.sent(ParcelHanded))).toEqual([
      'p-1/carrier/1/van/1 of p-1/carrier/1',
      'p-1/carrier/2/van/1 of p-1/carrier/2',
    ]);
    expect(flows(await stage.sent(ParcelDelivered))).toEqual([
      'p-1/carrier/1 of p-1',
      'p-1/carrier/2 of p-1',
    ]);
  });
});
