import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import type { InstanceSummary, MasterStatus } from '@troupe/orchestration';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { linesOf, until } from '../workshop.spec.support.ts';
import { Depot } from './depot.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

/** Waits until the instance is in a status, as the command line has it. */
async function reached(depot: Depot, id: string, status: string): Promise<MasterStatus> {
  let last: MasterStatus | undefined;
  await until(`${id} is ${status}`, async () => {
    [last] = linesOf<MasterStatus>(await depot.run('show', id, '--json'));
    return last?.status === status;
  });
  return last as MasterStatus;
}

describe('troupe orchestrations', () => {
  it('lists instances and shows one, without what is sensitive unless that is asked for', async () => {
    const depot = await Depot.on(server);
    expect(await depot.run('ls')).toMatchObject({ code: 3, out: '' });
    await depot.request('p-1');
    await until('the first is reserved', async () =>
      (await depot.run('ls', '--state', 'waiting')).out.includes('p-1'),
    );
    depot.broken = true;
    await depot.request('p-2');
    await reached(depot, 'p-2', 'suspended');

    const all = await depot.run('ls');
    expect(all.code).toBe(0);
    expect(all.out.split('\n')[0]).toMatch(/^ID +APP +ORCHESTRATION +STATUS +STATE/);
    expect(all.out).toMatch(/^p-1 +depot +parcel +running +waiting /m);
    expect(all.out).toMatch(/^p-2 +depot +parcel +suspended +reserving /m);
    const suspended = linesOf<InstanceSummary>(await depot.run('ls', '--status', 'suspended', '--json'));
    expect(suspended).toMatchObject([{ app: 'depot', id: 'p-2', status: 'suspended', state: 'reserving' }]);
    expect(linesOf(await depot.run('ls', '--limit', '1', '--json'))).toHaveLength(1);

    const shown = await depot.run('show', 'p-1');
    expect(shown.out).toMatch(/^orchestration depot\/parcel, version 1$/m);
    expect(shown.out).toMatch(/station\.reserve +answered .*station\.reserved\.v1$/m);
    expect(shown.out).not.toContain('1234');
    expect((await depot.run('show', 'p-1', '--results')).out).toContain('1234');
    expect((await depot.run('show', 'p-2')).out).toContain('no station is free');
    const { out: diagram } = await depot.run('show', 'p-1', '--diagram');
    expect(diagram).toMatch(/^stateDiagram-v2\n/);
    expect(diagram).toContain('class waiting current');
    expect(await depot.run('show', 'p-3')).toMatchObject({ code: 3, out: '' });
  });

  it('retries what failed, and skips it with an answer', async () => {
    const depot = await Depot.on(server);
    depot.broken = true;
    for (const id of ['p-1', 'p-2']) {
      await depot.request(id);
      await reached(depot, id, 'suspended');
    }
    depot.broken = false;
    expect(await depot.run('retry', 'p-1')).toMatchObject({ code: 0, err: '' });
    await reached(depot, 'p-1', 'running');

    const folder = await mkdtemp(join(tmpdir(), 'skip-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'station.json');
    await writeFile(file, '{"station":"south-1","pin":"0"}');
    const skipped = await depot.run('skip', 'p-2', '--contract', 'station.reserved.v1', '--data', file);
    expect(skipped).toMatchObject({ code: 0, out: 'p-2 is running, waiting.\n' });
    const { steps } = await reached(depot, 'p-2', 'running');
    expect(steps).toMatchObject([{ name: 'station.reserve', status: 'skipped' }]);

    const refused = await depot.run('retry', 'p-2', '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.err)).toMatchObject({ error: { code: 'TROUPE_ORCHESTRATION_STATUS' } });
  });

  it('cancels once that is confirmed, and says who did', async () => {
    const depot = await Depot.on(server);
    await depot.request('p-1');
    await until('it waits', async () => (await depot.run('ls', '--state', 'waiting')).code === 0);
    const unasked = await depot.run('cancel', 'p-1');
    expect(unasked.code).toBe(2);
    expect(unasked.err).toContain('say --yes');
    expect(await depot.run('cancel', 'p-1', '--yes', '--by', 'ada')).toMatchObject({ code: 0, err: '' });
    const { compensation } = await reached(depot, 'p-1', 'cancelled');
    expect(compensation).toMatchObject({
      reason: 'cancelled',
      by: 'ada',
      undone: [{ name: 'station.reserve', status: 'answered' }],
    });
    expect((await depot.run('cancel', 'p-1', '--yes')).err).toContain('TROUPE_ORCHESTRATION_STATUS');
  });

  it('refuses command lines that cannot be meant', async () => {
    const depot = await Depot.on(server);
    const refused = [
      ['ls', 'p-1'],
      ['ls', '--status', 'done'],
      ['ls', '--limit', '0'],
      ['show'],
      ['show', 'p-1', 'p-2'],
      ['retry', 'p-1', '--wait', 'long'],
      ['skip', 'p-1', '--contract', 'station.reserved.v1'],
    ];
    const ended = await Promise.all(refused.map((args) => depot.run(...args)));
    expect(ended.map(({ code }) => code)).toEqual(refused.map(() => 2));
    expect((await depot.run('cancel', 'p-1', '--yes')).code).toBe(3);
    expect((await depot.run('ls', '--prefix', 'nowhere')).code).toBe(3);
  });
});
