import { describe, expect, it } from 'vitest';
import { compensate, dispatch } from '../definition/actions.ts';
import { handOff } from '../definition/hand-off.ts';
import {
  ItemPicked,
  ItemReturned,
  ParcelConsigned,
  ParcelDelivered,
  ParcelLost,
  PickItem,
  PutBack,
} from '../shop.spec.support.ts';
import {
  begun,
  type Context,
  carrier,
  FLOW,
  got,
  gotOf,
  optionsOf,
  parcel,
  report,
  shipping,
} from './hand-offs.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

describe('a hand-off', () => {
  it('opens a flow of its own, which names the one that handed off', () => {
    const stage = begun();
    expect(stage.sent).toMatchObject([
      { contract: ParcelConsigned, data: { parcel }, flow: { id: FLOW, parent: 'flow-1' } },
    ]);
    expect(stage.record).toMatchObject({
      handOffs: { carrier: 1 },
      commands: [{ name: 'carrier', status: 'open', handOff: { flowId: FLOW, polls: 0 } }],
    });
  });

  it('is completed by an end of that flow, and the machine gets it with its report', () => {
    const stage = begun();
    expect(stage.complete(FLOW, ParcelDelivered, { parcel }, report).outcome).toBe('taken');
    const type = 'carrier.completed';
    const contract = 'parcel.delivered.v1';
    expect(gotOf(stage)).toEqual([{ type, contract, data: { parcel }, flowId: FLOW, report }]);
    expect(stage.record).toMatchObject({
      status: 'completed',
      commands: [{ status: 'answered', answer: { contract, data: { parcel } }, handOff: { report } }],
    });
  });

  it('is completed without a report too, and the report says what it lacks', () => {
    const stage = begun();
    stage.complete(FLOW, ParcelDelivered, { parcel });
    expect(gotOf(stage)).toMatchObject([
      { report: { state: 'unknown', lacks: ['the ledger was not asked'] } },
    ]);
  });

  it('is completed once: what comes again, or from another branch of the remote flow, is late', () => {
    const stage = begun({
      shipping: { entry: carrier, on: { 'carrier.completed': { target: 'waiting', actions: got } } },
      waiting: { on: { 'carrier.completed': { actions: got } }, after: { 1000: 'done' } },
    });
    stage.complete(FLOW, ParcelDelivered, { parcel }, report, 'end');
    expect(stage.complete(FLOW, ParcelDelivered, { parcel }, report, 'end').outcome).toBe('duplicate');
    expect(stage.complete(FLOW, ParcelLost, { parcel }, report)).toMatchObject({
      outcome: 'late',
      changed: false,
    });
    stage.pass(1_000);
    expect(stage.complete(FLOW, ParcelLost, { parcel }).outcome).toBe('late');
    expect(gotOf(stage)).toHaveLength(1);
  });

  it('ignores an end of a flow that the instance did not open', () => {
    const stage = begun();
    for (const flowId of ['flow-1/carrier/2', 'flow-1/another/1'])
      expect(stage.complete(flowId, ParcelDelivered, { parcel }, report)).toMatchObject({
        outcome: 'ignored',
        changed: false,
      });
    expect(stage.record?.commands).toMatchObject([{ status: 'open' }]);
  });

  it('keeps an end that the machine cannot take yet, with its report', () => {
    const stage = begun({
      shipping: { entry: carrier, after: { 1000: 'waiting' } },
      waiting: { on: { 'carrier.completed': { target: 'done', actions: got } } },
    });
    expect(stage.complete(FLOW, ParcelDelivered, { parcel }, report).outcome).toBe('deferred');
    stage.pass(1_000);
    expect(gotOf(stage)).toMatchObject([{ type: 'carrier.completed', report }]);
  });
});

describe('an end that waits for the machine', () => {
  it('keeps its hand-off among the commands, however many there were since', () => {
    const isFew = ({ context }: { context: Context }) => context.got.length < 250;
    const pick = dispatch(PickItem, () => ({ item: 'x' }), { answers: [ItemPicked] });
    const stage = begun({
      shipping: { entry: carrier, after: { 1000: 'picking' } },
      picking: {
        entry: pick,
        on: { 'item.picked': [{ guard: isFew, target: 'picking', reenter: true, actions: got }, 'waiting'] },
      },
      waiting: { on: { 'carrier.completed': { target: 'done', actions: got } } },
    });
    stage.complete(FLOW, ParcelDelivered, { parcel });
    stage.pass(1_000);
    while (stage.record?.snapshot?.value === 'picking') stage.answer(PickItem, ItemPicked, { item: 'x' });
    expect(stage.record?.commands).toHaveLength(200);
    expect((gotOf(stage) as object[]).at(-1)).toMatchObject({ type: 'carrier.completed', flowId: FLOW });
  });
});

describe('several hand-offs', () => {
  const each = handOff(
    ParcelConsigned,
    ({ context }) => (context as Context).parcel.split(' ').map((one) => ({ parcel: one })),
    {
      name: 'carrier',
      ends: [ParcelDelivered, ParcelLost],
      within: '10s',
    },
  );
  const all = { entry: each, on: { 'carrier.completed': { actions: got } } };

  it('of one name have flows of their own, each with an end of its own', () => {
    const stage = new Stage(optionsOf({ shipping: all }));
    stage.start({ parcel: 'a b c', items: [] });
    expect(stage.sent.map(({ flow, data }) => [flow?.id, data])).toEqual([
      ['flow-1/carrier/1', { parcel: 'a' }],
      ['flow-1/carrier/2', { parcel: 'b' }],
      ['flow-1/carrier/3', { parcel: 'c' }],
    ]);
    stage.complete('flow-1/carrier/2', ParcelDelivered, { parcel: 'b' });
    stage.complete('flow-1/carrier/1', ParcelLost, { parcel: 'a' });
    expect(gotOf(stage)).toMatchObject([{ flowId: 'flow-1/carrier/2' }, { flowId: 'flow-1/carrier/1' }]);
    expect(stage.record?.commands.map(({ status }) => status)).toEqual(['answered', 'answered', 'open']);
  });

  it('of one name are told apart by a person as their flows end', () => {
    const stage = new Stage(optionsOf({ shipping: all }));
    stage.start({ parcel: 'a b', items: [] });
    stage.pass(100_000);
    const answer = { contract: 'parcel.delivered.v1', data: { parcel: 'b' } };
    expect(stage.request({ request: 'skip', command: 'carrier', answer }).refusal).toContain(
      'name one of them',
    );
    expect(stage.request({ request: 'skip', command: '2', answer }).outcome).toBe('refused');
    stage.request({ request: 'skip', command: 'carrier/2', answer });
    expect(stage.record?.commands.map(({ status }) => status)).toEqual(['failed', 'skipped']);
  });

  it('of different names run side by side', () => {
    const named = (name: string) => ({
      initial: 'w',
      states: {
        w: {
          entry: handOff(ParcelConsigned, () => ({ parcel: name }), {
            name,
            ends: [ParcelDelivered],
            within: '10s',
          }),
          on: { [`${name}.completed`]: { target: 'd', actions: got } },
        },
        d: { type: 'final' },
      },
    });
    const stage = begun({
      shipping: { type: 'parallel', states: { a: named('north'), b: named('south') }, onDone: 'done' },
    });
    stage.complete('flow-1/south/1', ParcelDelivered, { parcel: 'south' });
    stage.complete('flow-1/north/1', ParcelDelivered, { parcel: 'north' });
    expect(gotOf(stage)).toMatchObject([{ data: { parcel: 'south' } }, { data: { parcel: 'north' } }]);
    expect(stage.record?.status).toBe('completed');
  });

  it('handed off again, drops the earlier one, whose end is late', () => {
    const stage = begun({
      shipping: { ...shipping, after: { 1000: { target: 'shipping', reenter: true } } },
    });
    stage.pass(1_000);
    expect(stage.record?.commands).toMatchObject([{ status: 'dropped' }, { status: 'open' }]);
    expect(stage.complete(FLOW, ParcelDelivered, { parcel }).outcome).toBe('late');
    stage.complete('flow-1/carrier/2', ParcelDelivered, { parcel });
    expect(gotOf(stage)).toMatchObject([{ flowId: 'flow-1/carrier/2' }]);
  });
});

describe('undoing', () => {
  it('sends the command that undoes what was handed off and completed', () => {
    const stage = begun({
      shipping: { entry: carrier, on: { 'carrier.completed': 'picking' } },
      picking: {
        entry: dispatch(PickItem, () => ({ item: 'x' }), { answers: [ItemPicked] }),
        on: { 'item.picked': 'back' },
      },
      back: { entry: compensate() },
    });
    stage.complete(FLOW, ParcelDelivered, { parcel });
    stage.answer(PickItem, ItemPicked, { item: 'x' });
    expect(stage.sentOf(PutBack)).toEqual([{ item: parcel }]);
    stage.answer(PutBack, ItemReturned, { item: parcel });
    expect(stage.record).toMatchObject({
      status: 'compensated',
      compensation: { undone: [{ name: 'carrier' }] },
    });
  });

  it('undoes what is under way when its end comes', () => {
    const stage = begun();
    stage.request({ request: 'cancel' });
    expect(stage.record?.status).toBe('cancelled');
    stage.complete(FLOW, ParcelDelivered, { parcel });
    expect(stage.sentOf(PutBack)).toEqual([{ item: parcel }]);
  });
});

describe('the flow of an instance', () => {
  it('is kept with the one that handed off to it, and with the event that it ended with', () => {
    const stage = new Stage(optionsOf({ shipping }));
    stage.give({
      kind: 'start',
      inputId: 'start',
      instanceId: 'other/flow/1',
      parentFlowId: 'other',
      data: { parcel, items: [] },
    });
    expect(stage.record).toMatchObject({ id: 'other/flow/1', parentFlowId: 'other' });
    expect(stage.sent[0]?.flow).toEqual({ id: 'other/flow/1/carrier/1', parent: 'other/flow/1' });
  });
});
