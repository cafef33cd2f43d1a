import { next, type StepDefinition } from '@troupe/jetstream';
import { assign, setup } from 'xstate';
import { emit } from '../definition/actions.ts';
import { type HandOffOptions, handOff } from '../definition/hand-off.ts';
import type { Completed, HandOffFailed } from '../definition/messages.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import {
  ParcelConsigned,
  ParcelDelivered,
  ParcelLost,
  ParcelReady,
  ParcelRequested,
  ParcelSorted,
} from '../shop.spec.support.ts';

type Way = Completed<'carrier', ParcelDelivered | ParcelLost> | HandOffFailed<'carrier'>;

interface Context {
  readonly items: readonly string[];
  /** What the machine got of its hand-offs. */
  readonly got: readonly Way[];
}

/** How the carrier is waited for. */
export type Waiting = Partial<
  Pick<HandOffOptions<Context, readonly [], typeof ParcelRequested>, 'within' | 'every' | 'polls' | 'status'>
>;

/**
 * Hands each item to the carrier, who is a remote system, and is ready when something came of all.
 * @param takesFailures whether the machine goes on when a hand-off fails
 */
export function courierOptions(waiting: Waiting = {}, takesFailures = true): OrchestrationOptions {
  const machine = setup({
    types: { context: {} as Context, input: {} as ParcelRequested, events: {} as Way },
    guards: { last: ({ context }) => context.got.length + 1 === context.items.length },
    actions: { note: assign({ got: ({ context, event }) => [...context.got, event] }) },
  }).createMachine({
    id: 'courier',
    context: ({ input }) => ({ items: input.items, got: [] }),
    initial: 'shipping',
    states: {
      shipping: {
        entry: handOff(ParcelConsigned, ({ context }) => context.items.map((parcel) => ({ parcel })), {
          name: 'carrier',
          ends: [ParcelDelivered, ParcelLost],
          within: '1m',
          ...waiting,
        }),
        on: {
          'carrier.completed': [{ guard: 'last', target: 'ready', actions: 'note' }, { actions: 'note' }],
          ...(takesFailures && {
            'carrier.failed': [{ guard: 'last', target: 'ready', actions: 'note' }, { actions: 'note' }],
          }),
        },
      },
      ready: { entry: emit(ParcelReady, () => ({ parcel: 'all' })), type: 'final' },
    },
  });
  return {
    name: 'parcel',
    version: 1,
    machine,
    starts: ParcelRequested,
    commands: [],
    emits: [ParcelConsigned, ParcelReady],
    waitsFor: [],
    ends: {},
    from: 'beginning',
  };
}

/** The carrier: two steps that know of no orchestration. What its last step does may be replaced. */
export function carrierSteps(
  deliver: (parcel: string) => ReturnType<StepDefinition['handle']> = (parcel) =>
    next(ParcelDelivered, { parcel }),
): StepDefinition[] {
  const common = { from: 'beginning', retry: { attempts: 1 } } as const;
  return [
    {
      ...common,
      name: 'sort',
      on: [ParcelConsigned],
      emits: [ParcelSorted],
      handle: (message) => next(ParcelSorted, { parcel: (message as ParcelConsigned).parcel }),
    },
    {
      ...common,
      name: 'deliver',
      on: [ParcelSorted],
      emits: [ParcelDelivered, ParcelLost],
      handle: (message) => deliver((message as ParcelSorted).parcel),
    },
  ];
}
