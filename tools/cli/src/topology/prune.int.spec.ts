import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import type { Pruning } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { linesOf, until, Workshop } from '../workshop.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const OLD = ['--older-than', '200ms'];

/** A workshop with three old messages in EVENTS, each settled by both steps: one counted it, one set it aside. */
async function workshopWithOld(): Promise<Workshop> {
  const workshop = await Workshop.on(server, { duplicateWindowMs: 100 });
  await workshop.deadLetter(3);
  await until('all is old and settled', async () =>
    (await workshop.prune(...OLD, '--dry-run')).out.includes('_EVENTS: 3 messages'),
  );
  return workshop;
}

/** A choreography.lock of these steps on order.placed. */
async function lockOf(...steps: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'prune-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'choreography.lock');
  const declared = steps.map((step) => ({
    step,
    consumes: ['order.placed.v1'],
    emits: [],
    from: 'beginning',
  }));
  const lock = { format: 1, contracts: [], apps: [{ app: 'any', produces: [], steps: declared, flows: [] }] };
  await writeFile(file, JSON.stringify(lock));
  return file;
}

describe('topology prune', () => {
  it('says what it would purge, purges what was confirmed, and ends with 3 when nothing is left', async () => {
    const workshop = await workshopWithOld();
    workshop.broken = false;
    await workshop.run('archive', '1', '3', '--why', 'test orders');
    await workshop.run('redrive', '2', '--why', 'mended');
    const lines = (events: number, delayed: number, letters: number, done: string): string =>
      [
        `${workshop.prefix}_EVENTS: ${events} messages ${done}`,
        `${workshop.prefix}_DELAYED_shop: ${delayed} messages ${done}`,
        `${workshop.prefix}_DEAD_LETTERS: ${letters} messages ${done}`,
        '',
      ].join('\n');
    const planned = lines(3, 1, 2, 'would be purged, at most');
    await until('all is old', async () => (await workshop.prune(...OLD, '--dry-run')).out === planned);
    const unasked = await workshop.prune(...OLD);
    expect(unasked).toMatchObject({ code: 2, out: '' });
    expect(unasked.err).toContain('say --yes');
    expect(await workshop.events()).toBe(3);

    const lock = await lockOf('shop__authorize', 'shop__count');
    const purged = await workshop.prune(...OLD, '--yes', '--choreography', lock);
    expect(purged).toMatchObject({ code: 0, out: lines(3, 1, 2, 'purged') });
    expect(await workshop.events()).toBe(0);
    expect(await workshop.redriven()).toEqual([]);
    expect(await workshop.prune(...OLD)).toMatchObject({ code: 3 });
  });

  it('leaves what is open to be redriven, and says so', async () => {
    const workshop = await workshopWithOld();
    const purged = await workshop.prune(...OLD, '--yes');
    expect(purged.code).toBe(5);
    expect(purged.out).toContain('_EVENTS: 3 messages purged');
    expect(purged.out).toContain('held back: 3 dead letters, from 1 on, are not dealt with');
    workshop.broken = false;
    const redriven = await workshop.run('redrive', '--all', '--yes', '--why', 'mended');
    expect(redriven).toMatchObject({ code: 0 });
    expect(workshop.authorized).toHaveLength(6);
  });

  it('ends with 5 and says why when an expected step has no consumer', async () => {
    const workshop = await workshopWithOld();
    const lock = await lockOf('shop__authorize', 'mail__notify');
    const held = await workshop.prune(...OLD, '--yes', '--choreography', lock);
    expect(held.code).toBe(5);
    expect(held.out).toContain('held back: mail__notify has no consumer mail__notify__order_placed_v1');
    const [pruning] = linesOf<Pruning>(
      await workshop.prune(...OLD, '--yes', '--choreography', lock, '--json'),
    );
    expect(pruning).toMatchObject({ messages: 0, heldBy: [{ reason: 'consumer-missing' }] });
    expect(await workshop.events()).toBe(3);
  });

  it('ends with 3 when nothing is as old', async () => {
    const workshop = await workshopWithOld();
    expect(await workshop.prune('--older-than', '30d', '--yes')).toMatchObject({ code: 3 });
    expect(await workshop.events()).toBe(3);
  });

  it('refuses an age that is none, what it does not take, and a choreography that is none', async () => {
    const workshop = await Workshop.on(server);
    for (const args of [[], ['--older-than', '0d'], ['--older-than', 'soon'], [...OLD, 'EVENTS']])
      expect((await workshop.prune(...args)).code).toBe(2);
    const lock = await lockOf('shop__count');
    const missing = await workshop.prune(...OLD, '--json', '--choreography', `${lock}.none`);
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.err)).toMatchObject({ error: { code: 'TROUPE_CLI_WORKSPACE' } });
    await writeFile(
      lock,
      '{"format":1,"contracts":[],"apps":[{"app":"a","flows":[],"steps":[{"step":"s"}]}]}',
    );
    expect((await workshop.prune(...OLD, '--choreography', lock)).err).toContain('TROUPE_CLI_WORKSPACE');
    const elsewhere = await workshop.prune(...OLD, '--prefix', 'nowhere');
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.err).toContain('TROUPE_STREAM_MISSING');
  });
});
