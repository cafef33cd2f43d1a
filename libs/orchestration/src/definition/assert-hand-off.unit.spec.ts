import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import {
  ItemPicked,
  ParcelConsigned,
  ParcelDelivered,
  ParcelLost,
  ParcelReady,
  ParcelRequested,
  PickItem,
} from '../shop.spec.support.ts';
import { dispatch } from './actions.ts';
import { definitionOf } from './definition.ts';
import { type HandOffOptions, handOff } from './hand-off.ts';
import type { OrchestrationOptions } from './orchestration.ts';

const carrier = { name: 'carrier', ends: [ParcelDelivered, ParcelLost], within: '10s' } as const;

describe('a hand-off', () => {
  it('makes its step send what begins the remote flow, and consume what ends it', () => {
    const { sends, consumes, handOffs, ends } = definitionOf(optionsOf({}));
    expect(sends).toEqual([PickItem, ParcelConsigned, ParcelReady]);
    expect(consumes).toEqual([ParcelRequested, ParcelDelivered, ParcelLost]);
    expect([...handOffs]).toEqual(['carrier']);
    expect([...ends]).toEqual(['parcel.delivered.v1', 'parcel.lost.v1']);
  });

  it('is held to its types by the compiler', () => {
    // @ts-expect-error the event has no such field
    handOff(ParcelConsigned, () => ({ parcels: 'p' }), carrier);
    handOff(ParcelConsigned, () => ({ parcel: 'p' }), {
      ...carrier,
      // @ts-expect-error an end has no such field
      undo: { command: PickItem, answers: [ItemPicked], data: ({ answer }) => ({ item: answer.item }) },
    });
    // @ts-expect-error a deadline is needed
    handOff(ParcelConsigned, () => ({ parcel: 'p' }), { name: 'carrier', ends: [ParcelDelivered] });
  });

  it.each([
    ['a name that flows cannot carry', { name: 'The carrier' }, 'has a hand-off "The carrier"'],
    ['the name of commands', { name: 'command' }, 'has a hand-off "command"'],
    ['no end', { ends: [] }, 'hands off "carrier" without an end'],
    ['more than ten ends', { ends: Array(11).fill(ParcelLost) }, 'has 11 ends of "carrier": 10 at most'],
    ['one end twice', { ends: [ParcelLost, ParcelLost] }, 'has two majors of one type'],
    ['a command as an end', { ends: [PickItem] }, 'lists item.pick.v1, a command, as an end of "carrier"'],
    [
      'its start as an end',
      { ends: [ParcelRequested] },
      'takes parcel.requested.v1 as an end of "carrier", and',
    ],
    ['a deadline that is none', { within: 'soon' }, 'has within "soon" for "carrier"'],
    ['a pause that is none', { every: '1 s' }, 'has every "1 s" for "carrier"'],
    ['no poll', { polls: 0 }, 'has polls 0 for "carrier"'],
    ['polls beyond a hundred', { polls: 101 }, 'has polls 101'],
    ['an address that is no function', { status: 'http://x' }, 'has a status for "carrier" that is neither'],
    [
      'an undo without an answer',
      { undo: { command: PickItem, answers: [], data: () => undefined } },
      'dispatches "the undo of carrier" without an answer',
    ],
  ] as [string, object, string][])('is refused with %s', (_, changes, message) => {
    expect(() => definitionOf(optionsOf(changes))).toThrow(message);
  });

  it('is refused when its event is not listed, or no state takes that it is completed', () => {
    expect(() => definitionOf({ ...optionsOf({}), emits: [] })).toThrow(
      'hands off ParcelConsigned, which its "emits"',
    );
    expect(() => definitionOf(optionsOf({}, {}))).toThrow(
      'takes "carrier.completed" (of a hand-off) in no state',
    );
  });

  it('is refused when it undoes by a command that is not listed, or is called as a command is', () => {
    const undo = { command: PickItem, answers: [ItemPicked], data: () => undefined };
    expect(() => definitionOf({ ...optionsOf({ undo }), commands: [] })).toThrow(
      'dispatches PickItem, which its',
    );
    const pick = dispatch(PickItem, () => ({ item: 'x' }), { answers: [ItemPicked], name: 'carrier' });
    expect(() =>
      definitionOf(optionsOf({}, { go: { actions: pick }, 'item.picked': {}, 'carrier.completed': {} })),
    ).toThrow('dispatches "carrier" in two ways');
  });
});

function optionsOf(changes: object, on: object = { 'carrier.completed': {} }): OrchestrationOptions {
  const options = { ...carrier, ...changes } as unknown as HandOffOptions<
    object,
    [typeof ParcelLost],
    typeof PickItem
  >;
  const machine = setup({}).createMachine({
    id: 'm',
    entry: handOff(ParcelConsigned, () => ({ parcel: 'p' }), options),
    on,
  } as never) as unknown as OrchestrationOptions['machine'];
  return {
    name: 'courier',
    version: 1,
    machine,
    starts: ParcelRequested,
    commands: [PickItem],
    emits: [ParcelConsigned, ParcelReady],
    from: 'now',
  };
}
