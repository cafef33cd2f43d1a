import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../stage.spec.support.ts';
import { build } from './crew.spec.support.ts';
import { lettersIn, Oracle } from './oracle.spec.support.ts';
import { MENDED } from './steps.spec.support.ts';
import { World } from './world.spec.support.ts';

vi.setConfig({ testTimeout: 110_000 });

const JOB_COUNT = 150;

beforeAll(build);

describe('a ledger that watches processes die', () => {
  it('never calls done what is not, and knows what became of every message', async () => {
    const world = await World.make();
    await world.reopen();
    const seen = new Set<string>();
    let isOver = false;
    const over = Promise.all([world.load(JOB_COUNT), world.killSome()]).finally(() => {
      isOver = true;
    });
    for (let round = 0; !isOver; round++) {
      await world.compareNow(`j${(round * 37) % JOB_COUNT}`, seen);
      if (round % 15 === 7) await world.reopen();
    }
    await over;

    await world.settled();
    const letters = await lettersIn(world.stage.manager, world.stage.names.deadLetters);
    await world.agree(letters);
    expect(letters.size).toBeGreaterThan(0);
    for (const state of ['done', 'dead-lettered', 'retrying']) expect([...seen]).toContain(state);

    writeFileSync(join(world.folder, MENDED), '');
    await world.redriveAll();
    let sentences: string[] = [];
    await until(
      'every flow is completed',
      async () => {
        const open = await world.others('completed');
        sentences = open.map(({ sentence }) => sentence);
        return open.length === 0;
      },
      30_000,
      () => sentences,
    );
    await world.agree(new Set());
    await until('none is listed as running', async () => {
      const { flows } = await world.ledger.flows({ state: 'completed', limit: 500 });
      return flows.length === JOB_COUNT;
    });
    for (let n = 0; n < JOB_COUNT; n++) expect(new Oracle(world.folder).isCompleted(`j${n}`)).toBe(true);
  });
});
