import { describe, expect, it } from 'vitest';
import { assign, createMachine } from 'xstate';
import { compensate, dispatch } from '../definition/actions.ts';
import { handOff } from '../definition/hand-off.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import { type CompletionReport, emptyReport } from '../report.ts';
import {
  ItemPicked,
  ItemReturned,
  ParcelConsigned,
  ParcelDelivered,
  ParcelLost,
  ParcelReady,
  ParcelRequested,
  PickItem,
  PutBack,
} from '../shop.spec.support.ts';
import type { Poll } from './input.ts';
import { Stage } from './stage.spec.support.ts';

const FLOW = 'flow-1/carrier/1';
const parcel = 'p-1';
const report: CompletionReport = {
  flowId: FLOW,
  state: 'completed',
  ends: [{ contract: 'parcel.delivered.v1', messageId: 'm-1' }],
  steps: [{ step: 'carrier__sort', messages: 1, done: 1, timeMs: { median: 3, max: 3 } }],
  deadLetters: [],
  lacks: [],
};

const carrier = handOff(ParcelConsigned, ({ context }) => ({ parcel: (context as Context).parcel }), {
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

interface Context {
  readonly parcel: string;
  readonly got: readonly object[];
}

const got = assign({
  got: ({ context, event }: { context: Context; event: object }) => [...context.got, event],
} as never);

const common = {
  name: 'courier',
  version: 1,
  starts: ParcelRequested,
  commands: [PickItem, PutBack],
  emits: [ParcelConsigned, ParcelReady],
  from: 'beginning',
} as const;

function optionsOf(states: object, initial = 'shipping'): OrchestrationOptions {
  const machine = createMachine({
    id: 'courier',
    context: ({ input }: { input: ParcelRequested }) => ({ parcel: input.parcel, got: [] }),
    initial,
    states: { ...states, done: { type: 'final' } },
  } as never);
  return { ...common, machine: machine as never };
}

const shipping = { entry: carrier, on: { 'carrier.completed': { target: 'done', actions: got } } };

function begun(states: object = { shipping }): Stage {
  const stage = new Stage(optionsOf(states));
  stage.start({ parcel, items: [] });
  return stage;
}

const gotOf = (stage: Stage) => stage.record?.snapshot?.context.got;

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

describe('a hand-off whose end does not come', () => {
  it('is polled from its deadline on, and given up after so many polls', () => {
    const stage = begun({
      shipping: { ...shipping, on: { ...shipping.on, 'carrier.failed': { target: 'done', actions: got } } },
    });
    stage.pass(9_999);
    expect(stage.record?.commands).toMatchObject([{ status: 'open', handOff: { polls: 0 } }]);
    stage.pass(1);
    expect(stage.record?.commands).toMatchObject([{ status: 'open', handOff: { polls: 1 } }]);
    stage.pass(5_000);
    expect(gotOf(stage)).toMatchObject([
      { type: 'carrier.failed', reason: 'overdue', flowId: FLOW, report: { lacks: ['nobody knows'] } },
    ]);
    expect(stage.sent).toHaveLength(1);
  });

  it('is completed by what a poll finds, and the end itself is late then', () => {
    const stage = begun();
    stage.found = { contract: 'parcel.lost.v1', data: { parcel }, messageId: 'end' };
    stage.pass(10_000);
    expect(gotOf(stage)).toMatchObject([
      { type: 'carrier.completed', contract: 'parcel.lost.v1', data: { parcel } },
    ]);
    expect(stage.complete(FLOW, ParcelLost, { parcel }, undefined, 'end').outcome).toBe('late');
  });

  it('has failed as soon as a poll finds that the remote side has; without a way on a person decides', () => {
    const stage = begun();
    stage.found = 'failed';
    stage.pass(10_000);
    expect(stage.record).toMatchObject({
      status: 'suspended',
      problems: [{ code: 'remote-failed', command: 'carrier' }],
      commands: [{ status: 'failed', unhandled: true }],
    });
  });

  it('says what the remote side failed on, when the report names it', () => {
    const stage = begun();
    const deadLetters = [{ step: 'carrier__sort', reason: 'retries-exhausted' }];
    const poll: Poll = { report: { ...report, deadLetters }, found: 'failed' };
    stage.now = new Date(stage.now.getTime() + 10_000);
    const polls = new Map([[stage.sent[0]?.id ?? '', poll]]);
    stage.give({ kind: 'wake', inputId: 'wake', at: stage.record?.wakeAt ?? '', polls });
    expect(stage.record?.problems.at(-1)?.message).toBe(
      'The remote side has failed: carrier__sort set a message aside (retries-exhausted).',
    );
  });

  it('goes on when the end comes after all', () => {
    const stage = suspended();
    expect(stage.complete(FLOW, ParcelDelivered, { parcel }, report).outcome).toBe('taken');
    expect(stage.record?.status).toBe('completed');
  });

  it('is sent again under its own id when a person retries it, with a new deadline and new polls', () => {
    const stage = suspended();
    stage.request({ request: 'retry', command: 'carrier' });
    expect(stage.resubmitted).toEqual([stage.sent[0]?.id]);
    expect(stage.record).toMatchObject({
      status: 'running',
      commands: [{ status: 'open', handOff: { polls: 0 } }],
    });
    expect(Date.parse(stage.record?.commands[0]?.dueAt ?? '')).toBe(stage.now.getTime() + 10_000);
  });

  it('is completed by hand when a person skips it', () => {
    const stage = suspended();
    const answer = { contract: 'parcel.delivered.v1', data: { parcel } };
    expect(
      stage.request({ request: 'skip', answer: { contract: 'item.picked.v1', data: { item: 'x' } } }),
    ).toMatchObject({
      refusal: 'item.picked.v1 is no answer to "carrier".',
    });
    stage.request({ request: 'skip', answer });
    expect(gotOf(stage)).toMatchObject([{ type: 'carrier.completed', ...answer }]);
    expect(stage.record?.commands).toMatchObject([{ status: 'skipped' }]);
  });

  it('is not given up while its end waits for a person to decide about something else', () => {
    const broken = { entry: carrier, on: { 'carrier.completed': 'next' }, after: { 1000: 'broken' } };
    const fails = {
      entry: assign(() => {
        throw new Error('No.');
      }),
    };
    const stage = begun({ shipping: broken, broken: fails, next: {} });
    stage.pass(1_000);
    expect(stage.record?.halted).toMatchObject({ kind: 'timer' });
    stage.complete(FLOW, ParcelDelivered, { parcel }, report);
    stage.pass(100_000);
    expect(stage.record?.commands).toMatchObject([{ status: 'open', handOff: { polls: 0 } }]);
    stage.request({ request: 'skip' });
    expect(stage.record?.snapshot?.value).toBe('next');
  });

  function suspended(): Stage {
    const stage = begun();
    stage.pass(15_000);
    expect(stage.record?.status).toBe('suspended');
    return stage;
  }
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

describe('a report in a record', () => {
  it('is cut to what fits, without the data of ends, and says what is left out', () => {
    const stage = begun();
    const long: CompletionReport = {
      ...report,
      ends: [{ contract: 'parcel.delivered.v1', messageId: 'm'.repeat(5_000), data: { parcel } }],
      steps: Array.from({ length: 500 }, (_, n) => ({ step: `remote__${n}`, messages: n, done: n })),
    };
    stage.complete(FLOW, ParcelDelivered, { parcel }, long);
    const kept = stage.record?.commands[0]?.handOff?.report as CompletionReport;
    expect(JSON.stringify(kept).length).toBeLessThanOrEqual(4_096);
    expect(kept.ends).toEqual([{ contract: 'parcel.delivered.v1', messageId: 'm'.repeat(256) }]);
    expect(kept.steps).toEqual(long.steps.slice(0, 32));
    expect(kept.lacks).toEqual(['468 of 500 steps are left out']);
    expect(long.ends[0]?.data).toEqual({ parcel });
  });

  it('goes when 32 others were noted since', () => {
    const again = {
      shipping: { entry: carrier, on: { 'carrier.completed': { target: 'shipping', reenter: true } } },
    };
    const stage = begun(again);
    for (let n = 1; n <= 40; n++)
      stage.complete(
        `flow-1/carrier/${n}`,
        ParcelDelivered,
        { parcel },
        emptyReport(`flow-1/carrier/${n}`, `${n}`),
      );
    const reports = stage.record?.commands.map(({ handOff }) => handOff?.report?.lacks[0]);
    expect(reports).toEqual([
      ...Array(8).fill(undefined),
      ...Array.from({ length: 32 }, (_, n) => `${n + 9}`),
      undefined,
    ]);
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
