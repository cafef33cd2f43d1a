import { describe, expect, it } from 'vitest';
import { done, flow, IN_FLIGHT, node, SET_ASIDE, step } from './flow.spec.support.ts';
import type { Flow } from './flow.ts';
import { handOffOf } from './hand-off.ts';
import type { Settlement } from './settlement.ts';

const CHILD = { id: 'f-0/carrier/1', parent: 'f-0' } as const;
const retrying: Settlement = { state: 'retrying', attempt: 1, nextAt: undefined, error: undefined };

/** A child flow whose parcel is with one step. */
function at(settlement: Settlement, fields: Partial<Flow> = {}): Flow {
  return flow([node('parcel.consigned.v1', '/boss/fulfilment', 0, [step('carrier__sort', settlement)])], {
    ...CHILD,
    ...fields,
  });
}

const sentenceOf = (child: Flow): string => handOffOf(child, []).sentence;

describe('a flow that was handed off to', () => {
  it('has the name of the hand-off and the app that handed off', () => {
    expect(handOffOf(at(IN_FLIGHT), [])).toMatchObject({
      flow: 'f-0/carrier/1',
      name: 'carrier',
      app: 'boss',
      state: 'running',
    });
  });

  it.each(['f-0/carrier/x', 'f-9/carrier/1', 'f-0/a/b/1', 'other'])(
    'has its id for a name when that is %s, which no hand-off of ours makes',
    (id) => expect(handOffOf(at(IN_FLIGHT, { id }), []).name).toBe(id),
  );

  it.each<[Settlement, string]>([
    [IN_FLIGHT, 'in flight at carrier.sort'],
    [{ state: 'waiting', position: 1, expectedMs: undefined, noConsumer: false }, 'waiting for carrier.sort'],
    [retrying, 'tried again at carrier.sort'],
    [{ state: 'redriven', letter: 1, at: 1, as: undefined }, 'sent to carrier.sort again'],
    [{ state: 'unknown', why: 'x' }, 'may be at carrier.sort'],
    [done(), 'waiting for its next message'],
  ])('is told where it is: %o', (settlement, place) => {
    expect(sentenceOf(at(settlement))).toBe(`handed to carrier: ${place}`);
  });

  it('is told what it ended with, or why it does not go on', () => {
    expect(sentenceOf(at(done(), { state: 'completed', end: 'parcel.delivered.v1' }))).toBe(
      'handed to carrier: completed with parcel.delivered.v1',
    );
    expect(sentenceOf(at(done(), { state: 'completed' }))).toBe(
      'handed to carrier: completed with parcel.consigned.v1',
    );
    const reasons = ['carrier__sort set parcel.consigned.v1 aside: poison'];
    expect(sentenceOf(at(SET_ASIDE, { state: 'failed', reasons }))).toBe(
      'handed to carrier: failed: carrier__sort set parcel.consigned.v1 aside: poison',
    );
    const stalled = { state: 'stalled', reasons: ['waiting for carrier.sort: no instance'] } as const;
    expect(sentenceOf(at(IN_FLIGHT, stalled))).toBe(
      'handed to carrier: waiting for carrier.sort: no instance',
    );
  });

  it('that is an orchestration itself is where that is', () => {
    const orchestration = { name: 'hauling', status: 'running', state: 'loading', isOver: false };
    const { sentence } = handOffOf(at(done()), [{ ...orchestration, waitsFor: [], problem: undefined }]);
    expect(sentence).toBe('handed to carrier: is loading');
  });
});
