import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import type { Operation } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { build, endOf, linesOf, until, Workshop } from '../workshop.spec.support.ts';

vi.setConfig({ testTimeout: 120_000 }); // each starts processes, on a machine that may do other things

let server: NatsServer;

beforeAll(async () => {
  [server] = await Promise.all([startNatsServer(), build()]);
}, 120_000);
afterAll(() => server.stop());

const WHY = ['--why', 'the provider is back', '--by', 'ada'];

describe('a process', () => {
  it('writes results to its standard output, all else to its standard error, and ends with the code', async () => {
    const workshop = await Workshop.on(server);
    await workshop.deadLetter(1);
    const shown = await endOf(workshop.begin('show', '1', '--payload'));
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(shown.out)).toEqual({ orderId: 'order-1' });
    const unasked = await endOf(workshop.begin('redrive', '--all', ...WHY));
    expect(unasked).toMatchObject({ code: 2, out: '' });
    expect(unasked.err).toContain('Redrive 1 dead letters');
    expect((await endOf(workshop.begin('shred'))).code).toBe(2);
  });
});

describe('redrive', () => {
  it('pauses at Ctrl-C, ends with 5 and says how to go on', async () => {
    const workshop = await Workshop.on(server);
    await workshop.deadLetter(60);
    workshop.broken = false;
    const child = workshop.begin('redrive', '--all', '--yes', '--no-canary', '--rate', '20', ...WHY);
    const end = endOf(child);
    await until('some are sent', async () => (await workshop.redriven()).length > 4);
    child.kill('SIGINT');
    const { code, err } = await end;
    expect(code).toBe(5);
    expect((await workshop.redriven()).length).toBeLessThan(60);
    const id = /Go on with: troupe dead-letters operations resume (\S+)/.exec(err)?.[1] ?? '';
    const resumed = await workshop.run('operations', 'resume', id);
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.out).toContain('60 sent');
    expect(await workshop.redriven()).toHaveLength(60);
  });

  it('goes on without doubling after it was killed', async () => {
    const workshop = await Workshop.on(server);
    await workshop.deadLetter(1_000);
    workshop.broken = false;
    const child = workshop.begin('redrive', '--all', '--yes', '--no-canary', '--rate', '200', ...WHY);
    const end = endOf(child);
    await until('some are sent', () => workshop.authorized.length > 1_000 + 100);
    child.kill('SIGKILL');
    await end;
    expect((await workshop.redriven()).length).toBeLessThan(1_000);
    const [operation] = linesOf<Operation>(await workshop.run('operations', '--json'));
    expect(operation?.state).toBe('running');
    const resumed = await workshop.run('operations', 'resume', operation?.id ?? '');
    expect(resumed.out).toContain('1000 sent');
    expect(resumed.code).toBe(0);
    expect(await workshop.redriven()).toHaveLength(1_000);
    expect(workshop.authorized).toHaveLength(2_000);
  });
});

it('a redrive whose broker goes away says how to go on, and does so without doubling', async () => {
  const own = await startNatsServer();
  onTestFinished(() => own.stop());
  const workshop = await Workshop.on(own);
  await workshop.deadLetter(200);
  workshop.broken = false;
  const child = workshop.begin('redrive', '--all', '--yes', '--no-canary', '--rate', '50', ...WHY);
  const end = endOf(child);
  await until('some are sent', () => workshop.authorized.length > 200 + 20);
  await own.kill();
  const { code, err } = await end;
  expect(code).toBe(1);
  const id = /Go on with: troupe dead-letters operations resume (\S+)/.exec(err)?.[1] ?? '';
  await own.restart();
  const resumed = await workshop.run('operations', 'resume', id);
  expect(resumed).toMatchObject({ code: 0 });
  expect(resumed.out).toContain('200 sent');
  expect(await workshop.redriven()).toHaveLength(200);
});

describe('edit', () => {
  it('knows the contracts of built packages, and refuses to guess one', async () => {
    const workshop = await Workshop.on(server);
    await workshop.deadLetter(1);
    const folder = await mkdtemp(join(tmpdir(), 'troupe-cli-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const data = join(folder, 'data.json');
    await writeFile(data, '{"orderId":"order-1"}');
    const edit = (...args: string[]) => endOf(workshop.begin('edit', '1', '--data', data, ...args, ...WHY));
    const checked = await edit();
    expect(checked.code).toBe(1);
    expect(checked.err).toMatch(/order\.placed\.v1 is broken: .*customer/);
    const unknown = await edit('--type', 'order.cancelled.v1');
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('No contract order.cancelled.v1 is known');
    workshop.broken = false;
    expect(await edit('--contracts', 'docs', '--unchecked')).toMatchObject({ code: 0 });
  });
});

describe('sweep', () => {
  it('with --watch runs until it is told to end', async () => {
    const workshop = await Workshop.on(server);
    const child = workshop.begin('sweep', '--watch');
    const end = endOf(child);
    await until('it watches', () => workshop.sweeps());
    child.kill('SIGTERM');
    expect((await end).code).toBe(0);
  });
});
