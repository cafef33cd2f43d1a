import { maskOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { emptyReport } from '../report.ts';
import type { Progress } from './master-status.ts';
import {
  AT,
  branchRecord,
  commandRecord,
  fanOutRecord,
  fanOutState,
  instanceRecord,
  machineState,
} from './records.spec.support.ts';
import { type StatusSources, statusOf } from './status.ts';

const answered = commandRecord({
  status: 'answered',
  answeredAt: '2026-01-01T00:00:01.000Z',
  answer: { contract: 'station.reserved.v1', data: { station: 'S-7', pin: '1234' } },
});

function status(sources: Partial<StatusSources>) {
  return statusOf({
    record: instanceRecord(),
    joins: [],
    maskOf: () => maskOf(['/pin']),
    ...sources,
  });
}

describe('a master status', () => {
  it('has every step in the order of dispatch, with results whose sensitive values are hidden', () => {
    const later = '2026-01-01T00:00:02.000Z';
    const record = instanceRecord({
      commands: [answered, commandRecord({ id: 'c-2', name: 'parcel.pack', dispatchedAt: later })],
      fanOuts: [fanOutState({ dispatchedAt: '2026-01-01T00:00:01.500Z' })],
    });
    const joins = [fanOutRecord({ answered: 1 })];
    const branches = new Map([['picks', [branchRecord(0, { status: 'answered' }), branchRecord(1)]]]);
    const { steps } = status({ record, joins, branches });
    expect(steps).toMatchObject([
      { kind: 'command', name: 'station.reserve', status: 'answered' },
      { kind: 'fan-out', name: 'picks', status: 'open', total: 3, answered: 1, failed: 0 },
      { kind: 'command', name: 'parcel.pack', status: 'open' },
    ]);
    expect(steps[0]).toMatchObject({
      result: { contract: 'station.reserved.v1', data: { station: 'S-7', pin: '***' } },
    });
    expect(steps[1]).toMatchObject({
      branches: [
        { key: 'line-0', index: 0, status: 'answered' },
        { key: 'line-1', index: 1, status: 'open' },
      ],
    });
  });

  it('has hand-offs among them, with the flow that was opened, polls and report, and its own end', () => {
    const flowId = 'f-1/carrier/1';
    const handOff = { flowId, polls: 2, report: emptyReport(flowId, 'no ledger') };
    const record = instanceRecord({
      commands: [commandRecord({ name: 'carrier', contract: 'parcel.consigned.v1', dueAt: AT, handOff })],
      result: { contract: 'order.fulfilled.v1', data: { order: 'o-1', pin: '1234' } },
    });
    const { steps, result } = status({ record });
    expect(steps).toEqual([
      {
        kind: 'hand-off',
        name: 'carrier',
        contract: 'parcel.consigned.v1',
        status: 'open',
        dispatchedAt: AT,
        dueAt: AT,
        ...handOff,
      },
    ]);
    expect(result).toEqual({ contract: 'order.fulfilled.v1', data: { order: 'o-1', pin: '***' } });
  });

  it('shows no data of a contract whose sensitive fields are not known', () => {
    const record = instanceRecord({ commands: [answered] });
    expect(status({ record, maskOf: () => undefined }).steps).toMatchObject([
      { result: { contract: 'station.reserved.v1' } },
    ]);
    expect(JSON.stringify(status({ record, maskOf: () => undefined }))).not.toContain('1234');
  });

  it('counts what is done of what was dispatched so far, skipped work too, and nothing that undoes', () => {
    const undo = commandRecord({ undoes: { name: 'station.reserve' } });
    const record = instanceRecord({
      commands: [answered, commandRecord({ status: 'skipped' }), commandRecord({ status: 'failed' }), undo],
      fanOuts: [fanOutState({ total: 10 })],
    });
    const joins = [fanOutRecord({ total: 10, answered: 4, failed: 1 })];
    expect(status({ record, joins }).progress).toEqual({ done: 6, total: 13 });
    expect(status({}).progress).toEqual({ done: 0, total: 0 });
  });

  it("asks the orchestration's own progress once there is a context", () => {
    const progress = ({ picked }: { picked: number }, { total }: Progress) => ({
      done: picked,
      total: total + 5,
    });
    const begun = instanceRecord({ snapshot: machineState('picking', { picked: 2 }), commands: [answered] });
    expect(status({ progress, record: begun }).progress).toEqual({ done: 2, total: 6 });
    const record = instanceRecord({ status: 'accepted', snapshot: null });
    expect(status({ progress, record }).progress).toEqual({ done: 0, total: 0 });
  });

  it('says where the machine is, what it waits for, what went wrong and which trace it is', () => {
    const problem = { at: '2026-01-01T00:00:03.000Z', code: 'retries-exhausted', message: 'no crane' };
    const record = instanceRecord({
      snapshot: machineState({ packing: 'label' }),
      timers: [
        { id: 't', at: '2026-01-01T01:00:00.000Z', armed: 3, event: { type: 'xstate.after.3600000.x' } },
      ],
      problems: [problem],
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    expect(status({ record })).toMatchObject({
      state: { packing: 'label' },
      timers: [{ event: 'xstate.after.3600000.x', at: '2026-01-01T01:00:00.000Z' }],
      errors: [problem],
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
    expect(status({ record: instanceRecord({ status: 'accepted', snapshot: null }) }).state).toBeNull();
  });
});
