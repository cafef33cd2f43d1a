import type { MasterStatus } from '@troupe/orchestration';
import { describe, expect, it } from 'vitest';
import { statusLines } from './status-lines.ts';
import { stateText } from './text.ts';

const at = '2026-01-01T00:00:00.000Z';

const status: MasterStatus = {
  id: 'f-1',
  orchestration: 'fulfilment',
  version: 2,
  status: 'compensating',
  state: { packing: 'label', billing: 'due' },
  progress: { done: 2, total: 5 },
  steps: [
    {
      kind: 'command',
      name: 'station.reserve',
      contract: 'station.reserve.v1',
      status: 'answered',
      dispatchedAt: at,
      resubmitted: 2,
      result: { contract: 'station.reserved.v1', data: { station: 'S-7' } },
    },
    {
      kind: 'fan-out',
      name: 'picks',
      contract: 'item.pick.v1',
      join: 'all',
      status: 'open',
      total: 4,
      answered: 1,
      failed: 1,
      dispatchedAt: at,
      resubmitted: 0,
      branches: [
        {
          key: 'line-0',
          index: 0,
          contract: 'item.pick.v1',
          status: 'failed',
          dispatchedAt: at,
          problem: { at, code: 'terminal-error', message: 'no such shelf' },
        },
      ],
    },
    {
      kind: 'hand-off',
      name: 'carrier',
      contract: 'parcel.consigned.v1',
      status: 'answered',
      dispatchedAt: at,
      result: { contract: 'parcel.delivered.v1' },
      flowId: 'f-1/carrier/1',
      polls: 1,
      report: {
        flowId: 'f-1/carrier/1',
        state: 'completed',
        ends: [],
        steps: [{ step: 'carrier__sort', messages: 1, done: 1 }],
        durationMs: 812,
        deadLetters: [],
        lacks: ['the ledger is 4.2 s behind'],
      },
    },
  ],
  timers: [{ event: 'xstate.after.1000', at: '2026-01-01T01:00:00.000Z' }],
  errors: [{ at, code: 'terminal-error', message: 'no such shelf', command: 'picks', key: 'line-0' }],
  compensation: {
    reason: 'cancelled',
    by: 'ada',
    startedAt: at,
    undone: [{ name: 'station.reserve', status: 'answered', commandId: 'u-1' }],
    done: 1,
    failed: 0,
  },
  startedAt: at,
  updatedAt: at,
  result: { contract: 'order.fulfilled.v1' },
};

describe('a master status for people', () => {
  it('says where it is, every step and branch, what is awaited, what went wrong and what was undone', () => {
    const lines = statusLines(status, 'shop');
    const has = (pattern: RegExp) =>
      expect(
        lines.filter((line) => pattern.test(line)),
        String(pattern),
      ).toHaveLength(1);
    has(/^orchestration shop\/fulfilment, version 2$/);
    has(/^state +packing\.label \+ billing\.due$/);
    has(/^progress +2 of 5$/);
    has(/^ {2}station\.reserve +answered .* 2 +station\.reserved\.v1 \{"station":"S-7"\}$/);
    has(/^ {2}picks +open .*1 of 4 answered, 1 failed$/);
    has(/^ {4}picks\/line-0 +failed .*no such shelf$/);
    has(/^ {2}carrier +answered +parcel\.consigned\.v1 .*parcel\.delivered\.v1$/);
    has(/^ {4}f-1\/carrier\/1 +completed +polled once, 1 step, 812 ms, the ledger is 4\.2 s behind$/);
    has(/^result +order\.fulfilled\.v1$/);
    has(/^ {2}2026-01-01T01:00:00\.000Z {2}xstate\.after\.1000$/);
    has(/terminal-error \(picks\/line-0\): no such shelf$/);
    has(/^undone \(cancelled by ada\):$/);
  });

  it('leaves out what there is not', () => {
    const { compensation: _, result: __, ...rest } = status;
    const lines = statusLines({ ...rest, state: null, steps: [], timers: [], errors: [] }, 'shop');
    expect(lines).toEqual(
      lines.filter((line) => /^(id|orchestration|status|progress|started|updated) /.test(line)),
    );
  });

  it('names a state by its path, and parallel ones beside each other', () => {
    expect(stateText(null)).toBe('');
    expect(stateText('picking')).toBe('picking');
    expect(stateText({ a: { b: 'c' }, d: {} })).toBe('a.b.c + d');
  });
});
