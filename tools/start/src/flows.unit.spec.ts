import { describe, expect, it } from 'vitest';
import { eventCount, Flows, hasReached } from './flows.ts';
import type { Sighting } from './sighting.ts';

const twoParcels = { type: 'parcel.dispatched.v1', count: 2 };

function event(flowId: string | undefined, type: string, at = 0): Sighting {
  return { kind: 'event', flowId, type, where: 'shipping/dispatch', at, detail: '' };
}

describe('flows', () => {
  it('reach an end that is declared with a count when that many events came', () => {
    const flows = new Flows();
    flows.record(event('a', 'parcel.dispatched.v1'));
    flows.record(event('b', 'parcel.dispatched.v1'));
    expect(hasReached(flows.get('a'), twoParcels)).toBe(false);
    flows.record(event('a', 'parcel.dispatched.v1'));
    expect(hasReached(flows.get('a'), twoParcels)).toBe(true);
    expect(hasReached(undefined, twoParcels)).toBe(false);
  });

  it('tell the time since the previous sighting of the same flow', () => {
    const flows = new Flows();
    expect(flows.record(event('a', 'order.placed.v1', 1_000))?.sincePrevious).toBeUndefined();
    flows.record(event('b', 'order.placed.v1', 1_001));
    expect(flows.record(event('a', 'payment.authorized.v1', 1_004.5))?.sincePrevious).toBe(4.5);
  });

  it('count no notice as an event, and no dead letter as an end', () => {
    const flows = new Flows();
    flows.record({ ...event('a', 'parcel.dispatched.v1'), kind: 'dead letter' });
    const seen = flows.record({ ...event('a', 'parcel.dispatched.v1'), kind: 'notice' });
    expect(seen?.flow.deadLetters).toHaveLength(1);
    expect(seen && eventCount(seen.flow)).toBe(0);
    expect(hasReached(seen?.flow, { ...twoParcels, count: 1 })).toBe(false);
  });

  it('ignore what belongs to no flow', () => {
    expect(new Flows().record(event(undefined, 'evt.noise'))).toBeUndefined();
  });

  it('forget the oldest of very many', () => {
    const flows = new Flows();
    for (let i = 0; i <= 1_000; i++) flows.record(event(`flow-${i}`, 'order.placed.v1'));
    expect(flows.get('flow-0')).toBeUndefined();
    expect(flows.get('flow-1')).toBeDefined();
  });

  it('wake who waits for one of them, and who gives up', async () => {
    const flows = new Flows();
    const stop = new AbortController();
    const reached = flows.until(() => hasReached(flows.get('a'), { ...twoParcels, count: 1 }), stop.signal);
    const never = flows.until(() => false, stop.signal);
    flows.record(event('a', 'order.placed.v1'));
    flows.record(event('a', 'parcel.dispatched.v1'));
    await reached;
    stop.abort();
    await never;
  });
});
