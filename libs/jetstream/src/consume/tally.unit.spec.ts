import { describe, expect, it } from 'vitest';
import { Tally } from './tally.ts';

const begun = { begun: true, startedAt: performance.now() };

describe('a tally', () => {
  it('counts what was answered, and what of it failed', () => {
    const tally = new Tally();
    tally.add(begun, 'done');
    tally.add(begun, 'retried', new Error('declined'));
    tally.add(begun, 'dead-lettered', new Error('declined for good'));
    expect(tally).toMatchObject({ answered: 3, failed: 2, lastError: 'declined for good' });
    expect(tally.busyMs).toBeGreaterThan(0);
  });

  it('leaves out what was handed back', () => {
    const tally = new Tally();
    tally.add(begun, 'handed-back', new Error('the broker is away'));
    expect(tally).toMatchObject({ answered: 0, failed: 0, busyMs: 0, lastError: undefined });
  });

  it('counts no time of a message that was set aside before its turn', () => {
    const tally = new Tally();
    tally.add({ begun: false, startedAt: 0 }, 'dead-lettered', new Error('poison'));
    expect(tally).toMatchObject({ answered: 1, failed: 1, busyMs: 0 });
  });

  it('keeps 256 characters of an error', () => {
    const tally = new Tally();
    tally.add(begun, 'retried', new Error('x'.repeat(10_000)));
    expect(tally.lastError).toBe('x'.repeat(256));
  });
});
