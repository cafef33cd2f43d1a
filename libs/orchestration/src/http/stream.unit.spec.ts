import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { instanceRecord } from '../status/records.spec.support.ts';
import type { Found } from '../status/records.ts';
import { statusEvents } from './stream.ts';

const found: Found = { record: instanceRecord(), joins: [], etag: 'W/"7"', isOver: false };

async function* failing(): AsyncGenerator<Found> {
  yield found;
  throw new Error('the bucket is away');
}

describe('a stream of statuses', () => {
  it('keeps a failure for its reader, however late that one comes for it', async () => {
    const events = statusEvents(failing(), async () => ({}), undefined, new AbortController().signal);
    expect((await events.next()).value).toMatch(/^:/);
    expect((await events.next()).value).toBe('event: status\nid: W/"7"\ndata: {}\n\n');
    await setImmediate(); // it fails meanwhile, and nobody waits for it
    await expect(events.next()).rejects.toThrow('the bucket is away');
  });
});
