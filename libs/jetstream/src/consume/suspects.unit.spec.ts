import { describe, expect, it } from 'vitest';
import { PublishTimeoutError } from '../errors.ts';
import { Isolation } from './isolation.ts';
import { Places } from './places.ts';
import { Suspects } from './suspects.ts';
import type { Work } from './work.ts';

/** A bucket whose writes are stored but not acknowledged, for so many times. */
function bucketWithLostAcks(lost: number) {
  let stored = 0;
  return {
    deaths: () => Promise.resolve(stored),
    write: (_work: Work, deaths: number) => {
      stored = deaths + 1;
      const mark = { remove: () => Promise.resolve() };
      return lost-- > 0 ? Promise.reject(new PublishTimeoutError('$KV', 1)) : Promise.resolve(mark);
    },
    clear: () => Promise.resolve(),
    stored: () => stored,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a mark whose writing was not acknowledged', () => {
  it('is no death: the message is handed back, and marked with the same count when it comes again', async () => {
    const bucket = bucketWithLostAcks(5);
    const told: string[] = [];
    const places = new Places<Work>(1, () => {});
    const suspects: Suspects = new Suspects(bucket, new Isolation(), places, {
      begin: () => told.push('begun'),
      setAside: () => told.push('set aside'),
      withoutMark: (work) => {
        told.push('handed back');
        suspects.ended(work, 'handed-back');
      },
    });
    for (let deliveries = 2; deliveries <= 7; deliveries++) {
      suspects.begin(delivered(deliveries));
      await turn();
    }
    expect(told).toEqual([...Array.from({ length: 5 }, () => 'handed back'), 'begun']);
    expect(bucket.stored()).toBe(1);
  });
});

function delivered(deliveries: number): Work {
  const delivery = { info: { deliveries }, marked: () => {} };
  return { key: 'durable/1', state: 'waiting', begun: false, delivery } as unknown as Work;
}
