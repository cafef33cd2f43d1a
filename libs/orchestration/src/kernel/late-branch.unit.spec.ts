import { expect, it } from 'vitest';
import { assign, setup } from 'xstate';
import { compensate, fanOut } from '../definition/actions.ts';
import type { Joined } from '../definition/messages.ts';
import { parcelOptions } from '../parcel.spec.support.ts';
import { ItemPicked, ItemReturned, type ParcelRequested, PickItem, PutBack } from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

/** Picks everything, and puts everything back. */
const machine = setup({
  types: {
    context: {} as { items: readonly string[] },
    input: {} as ParcelRequested,
    events: {} as Joined<'picks', ItemPicked>,
  },
}).createMachine({
  id: 'parcel',
  context: ({ input }) => ({ items: input.items }),
  initial: 'picking',
  states: {
    picking: {
      entry: fanOut('picks', ({ context }) => context.items.map((item) => ({ key: item, data: { item } })), {
        command: PickItem,
        answers: [ItemPicked],
        join: 'all',
        undo: { command: PutBack, answers: [ItemReturned], data: ({ answer }) => ({ item: answer.item }) },
      }),
      on: { 'picks.joined': { target: 'undoing', actions: assign({ items: [] }) } },
    },
    undoing: { entry: compensate() },
  },
});

it('undoes a branch once, though whoever ended it tells of its answer after its turn has come', () => {
  const stage = new Stage({ ...parcelOptions, machine, waitsFor: [] } as never);
  stage.start({ parcel: 'p-1', items: ['red', 'blue'] });
  stage.answer(PickItem, ItemPicked, { item: 'red' }, 'red');
  stage.answer(PickItem, ItemPicked, { item: 'blue' }, 'blue');
  const undos = () => stage.sent.filter(({ contract }) => contract === PutBack).map(({ data }) => data);
  expect(undos()).toEqual([{ item: 'blue' }]);

  for (const branch of stage.branches.values())
    stage.give({ kind: 'branch-answered', inputId: `late ${branch.key}`, branch });
  expect(undos()).toEqual([{ item: 'blue' }]);
  stage.answer(PutBack, ItemReturned, { item: 'blue' }, 'blue');
  for (const branch of stage.branches.values())
    stage.give({ kind: 'branch-answered', inputId: `later ${branch.key}`, branch });
  expect(undos()).toEqual([{ item: 'blue' }, { item: 'red' }]);
});
