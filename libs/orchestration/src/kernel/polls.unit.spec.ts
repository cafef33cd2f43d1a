import { describe, expect, it } from 'vitest';
import { assign } from 'xstate';
import { ParcelDelivered, ParcelLost } from '../shop.spec.support.ts';
import { begun, carrier, FLOW, got, gotOf, parcel, report, shipping } from './hand-offs.spec.support.ts';
import type { Poll } from './input.ts';
import { Stage } from './stage.spec.support.ts';

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
