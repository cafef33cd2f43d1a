import { describe, expect, it } from 'vitest';
import { BEGAN, done, flow, IN_FLIGHT, node, SET_ASIDE, step } from './flow.spec.support.ts';
import type { Flow, MessageNode } from './flow.ts';
import type { FlowReport } from './flow-report.ts';
import { type ReportBasis, reportOf } from './report.ts';

const KNOWN: ReportBasis = { ends: [], asOf: BEGAN, behindMs: 12, lacks: [] };

const delivered = node('parcel.delivered.v1', '/carrier/deliver', 800);
const sorted = node('parcel.sorted.v1', '/carrier/sort', 500, [
  step('carrier__deliver', done(812), [delivered], 2),
]);
const consigned = node('parcel.consigned.v1', '/boss/fulfilment', 0, [
  step('carrier__sort', done(510), [sorted], 1),
]);

describe('a report', () => {
  it('adds a flow up: ends, steps and their times, branches, retries', () => {
    const whole = flow([consigned], { parent: 'f-0', state: 'completed', lastAt: BEGAN + 800 });
    const payload = { data: { parcelId: 'p-1' } };
    expect(reportOf(whole, { ...KNOWN, ends: [{ message: delivered.message, payload }] })).toEqual({
      flowId: 'f-1',
      parentFlowId: 'f-0',
      state: 'completed',
      startedAt: '2026-01-31T12:00:00.000Z',
      endedAt: '2026-01-31T12:00:00.800Z',
      durationMs: 800,
      ends: [
        {
          contract: 'parcel.delivered.v1',
          messageId: delivered.message.id,
          source: '/carrier/deliver',
          at: '2026-01-31T12:00:00.800Z',
          data: { parcelId: 'p-1' },
        },
      ],
      steps: [
        {
          step: 'carrier__sort',
          messages: 1,
          done: 1,
          waiting: 0,
          retries: 1,
          deadLetters: 0,
          timeMs: { median: 510, max: 510 },
        },
        {
          step: 'carrier__deliver',
          messages: 1,
          done: 1,
          waiting: 0,
          retries: 2,
          deadLetters: 0,
          timeMs: { median: 312, max: 312 },
        },
      ],
      branches: { total: 1, open: 0 },
      retries: 3,
      deadLetters: [],
      asOf: { behindMs: 12, at: '2026-01-31T12:00:00.000Z' },
      lacks: [],
    });
  });

  it('has no end in time before the flow is completed', () => {
    const { endedAt, durationMs } = reportOf(flow([consigned]), KNOWN);
    expect([endedAt, durationMs]).toEqual([undefined, undefined]);
  });

  it('counts what is open, and names what is set aside', () => {
    const branching = node('order.placed.v1', '/shop', 0, [
      step('mail__notify', IN_FLIGHT),
      step('pay__authorize', done(5), [
        node('payment.authorized.v1', '/pay/authorize', 4, [step('ship__dispatch', SET_ASIDE)]),
        node('payment.noted.v1', '/pay/authorize', 4),
      ]),
    ]);
    const report = reportOf(flow([branching], { state: 'failed' }), KNOWN);
    expect(report.branches).toEqual({ total: 3, open: 2 });
    expect(
      report.steps.map(({ step, done, waiting, deadLetters }) => [step, done, waiting, deadLetters]),
    ).toEqual([
      ['mail__notify', 0, 1, 0],
      ['pay__authorize', 1, 0, 0],
      ['ship__dispatch', 0, 0, 1],
    ]);
    expect(report.deadLetters).toEqual([
      expect.objectContaining({ step: 'ship__dispatch', reason: 'poison', at: '2026-01-31T12:00:09.000Z' }),
    ]);
  });

  it('counts no branch for what a step was told alone', () => {
    const wake = node('fulfilment.wake.v1', '/boss/fulfilment', 1, [step('boss__fulfilment', done(2))]);
    const direct: MessageNode = { ...wake, message: { ...wake.message, direct: true } };
    const opened = node('order.placed.v1', '/shop', 0, [step('boss__fulfilment', done(1), [direct])]);
    expect(reportOf(flow([opened]), KNOWN).branches).toEqual({ total: 1, open: 0 });
  });

  it('takes the middle one of the times that are known', () => {
    const at = (after: number) => node('a.b.v1', '/x', 0, [step('x__y', done(after))]);
    const { steps } = reportOf(flow([at(30), at(10), at(20), at(90)]), KNOWN);
    expect(steps[0]?.timeMs).toEqual({ median: 20, max: 90 });
  });
});

describe('what a report lacks', () => {
  const lacksOf = (one: Flow, basis: Partial<ReportBasis> = {}): readonly string[] =>
    reportOf(one, { ...KNOWN, ...basis }).lacks;

  it('is when a step was done, where nobody heard it and nothing came of it that tells', () => {
    const end = node('parcel.delivered.v1', '/carrier/deliver', 800, [step('mail__notify', done())]);
    const told = node('parcel.sorted.v1', '/carrier/sort', 500, [step('carrier__deliver', done(), [end])]);
    const report = reportOf(flow([told]), KNOWN);
    expect(report.steps.map(({ timeMs }) => timeMs)).toEqual([{ median: 300, max: 300 }, undefined]);
    expect(report.lacks).toEqual([
      'when 1 of 1 messages were done at mail.notify, and after how many attempts, is not known: the ledger did not hear it',
    ]);
  });

  it('is what became of a message whose answer may have been missed', () => {
    const unknown = step('carrier__sort', { state: 'unknown', why: 'its answer may have been missed' });
    expect(lacksOf(flow([node('parcel.consigned.v1', '/boss', 0, [unknown])]))).toEqual([
      'what became of a message at carrier.sort is not known: its answer may have been missed',
    ]);
  });

  it('is what it was told by whoever asked the ledger, first', () => {
    expect(lacksOf(flow([consigned]), { lacks: ['the ledger is 4.2 s behind'] })).toEqual([
      'the ledger is 4.2 s behind',
    ]);
  });

  it('is what is left out of a report that would be too long', () => {
    const ends = Array.from({ length: 101 }, (_, n) => ({
      message: node('parcel.delivered.v1', '/x', n).message,
    }));
    const many = (settlement: typeof SET_ASIDE, count: number) =>
      Array.from({ length: count }, (_, n) => node('a.b.v1', '/x', 0, [step(`x__s${n}`, settlement)]));
    const report: FlowReport = reportOf(flow([...many(SET_ASIDE, 201)]), { ...KNOWN, ends });
    expect([report.ends.length, report.steps.length, report.deadLetters.length]).toEqual([100, 200, 20]);
    expect(report.lacks).toEqual([
      '1 of 101 ends are left out',
      '1 of 201 steps are left out',
      '181 of 201 dead letters are left out',
    ]);
    expect(lacksOf(flow(many(done(), 201))).length).toBe(20);
  });
});
