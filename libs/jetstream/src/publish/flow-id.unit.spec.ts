import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { newFlowId } from './flow-id.ts';

describe('the id of a new flow', () => {
  it('is a UUID of version 7, another one each time', () => {
    const ids = Array.from({ length: 10_000 }, newFlowId);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is greater than one that is older', async () => {
    const older = newFlowId();
    const then = Date.now();
    while (Date.now() === then) await delay(1);
    expect(newFlowId() > older).toBe(true);
  });
});
