import { assign, createMachine } from 'xstate';
import { handOff } from '../definition/hand-off.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import type { CompletionReport } from '../report.ts';
import {
  ItemReturned,
  ParcelConsigned,
  ParcelDelivered,
  ParcelLost,
  ParcelReady,
  ParcelRequested,
  PickItem,
  PutBack,
} from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

export const FLOW = 'flow-1/carrier/1';
export const parcel = 'p-1';
export const report: CompletionReport = {
  flowId: FLOW,
  state: 'completed',
  ends: [{ contract: 'parcel.delivered.v1', messageId: 'm-1' }],
  steps: [{ step: 'carrier__sort', messages: 1, done: 1, timeMs: { median: 3, max: 3 } }],
  deadLetters: [],
  lacks: [],
};

export const carrier = handOff(ParcelConsigned, ({ context }) => ({ parcel: (context as Context).parcel }), {
  name: 'carrier',
  ends: [ParcelDelivered, ParcelLost],
  within: '10s',
  polls: 2,
  every: '5s',
  undo: {
    command: PutBack,
    answers: [ItemReturned],
    data: ({ answer, contract }) =>
      contract === 'parcel.delivered.v1' ? { item: answer.parcel } : undefined,
  },
});

export interface Context {
  readonly parcel: string;
  readonly got: readonly object[];
}

export const got = assign({
  got: ({ context, event }: { context: Context; event: object }) => [...context.got, event],
} as never);

export const common = {
  name: 'courier',
  version: 1,
  starts: ParcelRequested,
  commands: [PickItem, PutBack],
  emits: [ParcelConsigned, ParcelReady],
  from: 'beginning',
} as const;

export function optionsOf(states: object, initial = 'shipping'): OrchestrationOptions {
  const machine = createMachine({
    id: 'courier',
    context: ({ input }: { input: ParcelRequested }) => ({ parcel: input.parcel, got: [] }),
    initial,
    states: { ...states, done: { type: 'final' } },
  } as never);
  return { ...common, machine: machine as never };
}

export const shipping = { entry: carrier, on: { 'carrier.completed': { target: 'done', actions: got } } };

export function begun(states: object = { shipping }): Stage {
  const stage = new Stage(optionsOf(states));
  stage.start({ parcel, items: [] });
  return stage;
}

export const gotOf = (stage: Stage) => stage.record?.snapshot?.context.got;
