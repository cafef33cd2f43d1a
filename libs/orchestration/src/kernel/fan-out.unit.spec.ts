import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import { fanOut } from '../definition/actions.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import type { FanOutRecord, Join } from '../record.ts';
import { ItemMissing, ItemPicked, ParcelPaid, ParcelRequested, PickItem } from '../shop.spec.support.ts';
import { countBranch } from './branches.ts';
import { Stage } from './stage.spec.support.ts';

describe('a fan-out', () => {
  it('writes its branches and its join with the record, and sends a command for each', () => {
    const stage = new Stage(options('all'));
    const { outputs, fanOuts, record } = stage.start(items('a', 'b'));
    expect(fanOuts).toMatchObject([
      {
        fanOut: {
          id: expect.stringMatching(/^picks-/),
          join: 'all',
          total: 2,
          sent: 0,
          answered: 0,
          failed: 0,
          joined: false,
        },
        branches: [
          { id: outputs[0]?.id, key: 'a', index: 0, status: 'open', contract: 'item.pick.v1' },
          { id: outputs[1]?.id, key: 'b', index: 1 },
        ],
      },
    ]);
    expect(outputs).toMatchObject([
      { record: 'branch', key: 'picks/a' },
      { record: 'branch', key: 'picks/b' },
    ]);
    expect(record?.fanOuts).toMatchObject([{ name: 'picks', status: 'open', total: 2, sends: 1 }]);
    expect(record?.commands).toEqual([]);
  });

  it('tells the machine what became of each branch, in the order of dispatch', () => {
    const stage = new Stage(options('all'));
    stage.start(items('a', 'b', 'c'));
    stage.answer(PickItem, ItemPicked, { item: 'c' }, 'c');
    stage.answer(PickItem, ItemMissing, { item: 'a' }, 'a');
    expect(stage.record?.status).toBe('running');
    expect(failBranch(stage, 'b').outcome).toBe('taken');
    expect(stage.record?.snapshot?.output).toEqual([
      { key: 'a', status: 'answered', contract: 'item.missing.v1', data: { item: 'a' } },
      { key: 'b', status: 'failed', reason: 'terminal-error' },
      { key: 'c', status: 'answered', contract: 'item.picked.v1', data: { item: 'c' } },
    ]);
    expect(stage.record).toMatchObject({ status: 'completed', fanOuts: [{ status: 'joined' }] });
  });

  it('joins at once without branches', () => {
    const stage = new Stage(options('all'));
    stage.start(items());
    expect(stage.record).toMatchObject({ status: 'completed', snapshot: { output: [] } });
  });

  it('joins with the first answer when any is enough, and what comes later changes nothing', () => {
    const stage = new Stage(options('any'));
    stage.start(items('a', 'b'));
    failBranch(stage, 'a');
    expect(stage.record?.status).toBe('running');
    stage.answer(PickItem, ItemPicked, { item: 'b' }, 'b');
    expect(stage.record?.status).toBe('completed');
    expect(stage.answer(PickItem, ItemPicked, { item: 'a' }, 'a')).toMatchObject({
      outcome: 'late',
      changed: false,
    });
  });

  it('joins with a quorum of answers, or when it cannot be had any more', () => {
    const reached = new Stage(options({ quorum: 2 }));
    reached.start(items('a', 'b', 'c'));
    for (const item of ['a', 'c']) reached.answer(PickItem, ItemPicked, { item }, item);
    expect(reached.record?.snapshot?.output).toMatchObject([
      { status: 'answered' },
      { key: 'b', status: 'open' },
      { status: 'answered' },
    ]);
    const missed = new Stage(options({ quorum: 2 }));
    missed.start(items('a', 'b', 'c'));
    for (const item of ['a', 'b']) failBranch(missed, item);
    expect(missed.record?.snapshot?.output).toMatchObject([
      { status: 'failed' },
      { status: 'failed' },
      { key: 'c' },
    ]);
  });

  it('is kept when it joins before the machine can take it', () => {
    const stage = new Stage(options('all', early));
    stage.start(items('a'));
    stage.answer(PickItem, ItemPicked, { item: 'a' }, 'a');
    expect(stage.record?.fanOuts).toMatchObject([{ status: 'ready' }]);
    stage.event(ParcelPaid, { parcel: 'p' });
    expect(stage.record).toMatchObject({ status: 'completed', fanOuts: [{ status: 'joined' }] });
  });

  it('is another one when it is dispatched again', () => {
    const stage = new Stage(options('all', early));
    stage.start(items('a'));
    const [first] = stage.sent;
    stage.event(ParcelPaid, { parcel: 'again' });
    expect(stage.record?.fanOuts).toMatchObject([
      { name: 'picks', status: 'dropped' },
      { name: 'picks', status: 'open' },
    ]);
    stage.event(ItemPicked, { item: 'a' }, first?.id);
    expect(stage.record?.snapshot?.value).toBe('dispatched');
    stage.answer(PickItem, ItemPicked, { item: 'a' }, 'picks/a');
    stage.event(ParcelPaid, { parcel: 'p' });
    expect(stage.record?.status).toBe('completed');
  });

  it('has its open branches sent again by their deadline, and given up at last', () => {
    const stage = new Stage(options('all'));
    stage.start(items('a', 'b'));
    stage.answer(PickItem, ItemPicked, { item: 'a' }, 'a');
    stage.pass(60_000);
    expect(stage.record?.fanOuts).toMatchObject([{ sends: 2, resubmitted: 1, status: 'open' }]);
    stage.pass(60_000);
    expect(stage.record?.snapshot?.output).toMatchObject([
      { key: 'a', status: 'answered' },
      { key: 'b', status: 'failed', reason: 'unanswered' },
    ]);
  });

  it('is suspended for more than 10,000 branches, and for two with one key: a person cancels or retries', () => {
    const stage = new Stage(options('all'));
    stage.start(items(...Array.from({ length: 10_001 }, (_, n) => `i${n}`)));
    expect(stage.record).toMatchObject({
      status: 'suspended',
      snapshot: null,
      problems: [
        { code: 'TROUPE_ORCHESTRATION_LIMIT', message: expect.stringContaining('10001 branches of picks') },
      ],
    });
    expect(stage.sent).toEqual([]);
    const twice = new Stage(options('all'));
    twice.start(items('a', 'a'));
    expect(twice.record).toMatchObject({
      status: 'suspended',
      problems: [{ code: 'TROUPE_ORCHESTRATION_MACHINE' }],
    });
    twice.request({ request: 'cancel' });
    expect(twice.record?.status).toBe('cancelled');
  });
});

describe('two inputs that decide the same step', () => {
  it('write branches that do not get in the way of one another', () => {
    const stage = new Stage(options('all'));
    const start = { kind: 'start', instanceId: 'flow-1', data: items('a') } as const;
    const ids = ['one', 'other'].map((inputId) => stage.decide({ ...start, inputId }).fanOuts[0]?.fanOut.id);
    expect(ids[0]).not.toBe(ids[1]);
    expect(stage.decide({ ...start, inputId: 'one' }).fanOuts[0]?.fanOut.id).toBe(ids[0]);
  });
});

describe('a join', () => {
  it('counts each branch once, in any order', () => {
    const stage = new Stage(options('all'));
    stage.start(items('a', 'b', 'c'));
    const fanOut = [...stage.joins.values()][0] as FanOutRecord;
    const [a, b, c] = stage.branchesOf('picks').map((branch) => ({ ...branch, status: 'answered' as const }));
    if (!a || !b || !c) throw new Error('three branches');
    const two = [c, a, c, a].reduce(countBranch, fanOut);
    expect(two).toMatchObject({ answered: 2, joined: false });
    expect(countBranch(two, a)).toBe(two);
    expect(countBranch(two, b)).toMatchObject({ answered: 3, joined: true });
  });
});

function items(...names: string[]): ParcelRequested {
  return { parcel: 'p', items: names };
}

function failBranch(stage: Stage, key: string) {
  const branch = stage.branchesOf('picks').find((one) => one.key === key);
  return stage.endBranch(branch?.id ?? '', {
    kind: 'failure',
    inputId: stage.nextId(),
    reason: 'terminal-error',
    message: 'No.',
  });
}

type Machine = OrchestrationOptions['machine'];

function options(join: Join, machine: (join: Join) => Machine = simple): OrchestrationOptions {
  return {
    name: 'picking',
    version: 1,
    machine: machine(join),
    starts: ParcelRequested,
    commands: [PickItem],
    emits: [],
    ...(machine === early && { waitsFor: [ParcelPaid] }),
    from: 'now',
  };
}

/** The actions of both machines, by name. */
function picking(join: Join) {
  return setup({
    types: {} as { context: { items: readonly string[] }; input: ParcelRequested },
    actions: {
      pick: fanOut('picks', ({ context }) => context.items.map((item) => ({ key: item, data: { item } })), {
        command: PickItem,
        answers: [ItemPicked, ItemMissing],
        join,
        within: '1m',
        resubmit: 1,
      }),
    },
  });
}

function simple(join: Join): Machine {
  return picking(join).createMachine({
    context: ({ input }) => ({ items: input.items }),
    initial: 'dispatched',
    output: ({ event }) => event.output,
    states: {
      dispatched: { entry: 'pick', on: { 'picks.joined': 'end' } },
      end: { type: 'final', output: ({ event }) => event.outcomes },
    },
  });
}

/** Can take the join only after the payment. */
function early(join: Join): Machine {
  return picking(join).createMachine({
    context: ({ input }) => ({ items: input.items }),
    initial: 'dispatched',
    states: {
      dispatched: {
        entry: 'pick',
        on: {
          'parcel.paid': [
            { guard: ({ event }) => event.data.parcel === 'again', target: 'dispatched', reenter: true },
            { target: 'paid' },
          ],
        },
      },
      paid: { on: { 'picks.joined': 'end' } },
      end: { type: 'final' },
    },
  });
}
