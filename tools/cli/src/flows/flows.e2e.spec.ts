import { type NatsServer, startNatsServer } from '@troupe/broker';
import type { Flow, FlowReport, FlowsPage, StepView, Whereabouts } from '@troupe/ledger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { troupeHere } from '../command-line.spec.support.ts';
import { endOf, linesOf, until } from '../workshop.spec.support.ts';
import { build, WatchedShop } from './watched-shop.spec.support.ts';

let server: NatsServer;
let shop: WatchedShop;

beforeAll(async () => {
  [server] = await Promise.all([startNatsServer(), build()]);
  shop = await WatchedShop.on(server);
}, 180_000);
afterAll(async () => {
  await shop.close();
  await server.stop();
});

describe('where', () => {
  it('says where an order is in one sentence, and then in a tree', async () => {
    const flow = await shop.order('o-1');
    await shop.isKnown('o-1', 'completed');
    const { code, out, err } = await shop.run('where', 'o-1');
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Order o-1 is completed: .+ ago\.$/);
    expect(lines[2]).toBe(`flow ${flow}, completed (found by message id, orderId)`);
    expect(lines[3]).toMatch(/^order\.placed\.v1 {2}\+0 ms \(EVENTS\/\d+\)$/);
    expect(lines[4]).toMatch(/^└─ shop\/authorize: done within /);
    expect(lines[5]).toMatch(/^ {3}└─ payment\.authorized\.v1 {2}\+\d+ ms \(EVENTS\/\d+\)$/);
    expect(lines[6]).toMatch(/^ {6}└─ shop\/ship: done within /);
    expect(err).toMatch(/^\d.* behind\.\n$/);

    const [whereabouts] = linesOf<Whereabouts>(await shop.run('where', flow, '--json'));
    expect(whereabouts).toMatchObject({ key: flow, matches: [{ flow, kinds: ['flow id'] }] });
  });

  it('names the dead letter of an order that failed', async () => {
    await shop.order('broken-1');
    await shop.isKnown('broken-1', 'failed');
    const { code, out } = await shop.run('where', 'broken-1');
    expect(code).toBe(0);
    expect(out).toMatch(/broken-1 failed: shop__authorize set order\.placed\.v1 aside: terminal-error/);
    expect(out).toMatch(
      /└─ shop\/authorize: dead-lettered, terminal-error: no provider for broken-1 \(troupe dead-letters show \d+\)/,
    );
  });

  it('ends with 3 and what was searched when nothing is known', async () => {
    const { code, out } = await shop.run('where', 'o-99');
    expect(code).toBe(3);
    expect(out).toMatch(/^Nothing is known of o-99: searched flow ids, message ids and business keys/);
    const json = await shop.run('where', 'o-99', '--json');
    expect(json.code).toBe(3);
    expect(linesOf(json)).toMatchObject([{ key: 'o-99', flows: [] }]);
    expect((await shop.run('where')).code).toBe(2);
    expect((await shop.run('where', 'o-1', 'o-2')).code).toBe(2);
  });
});

describe('report', () => {
  it('adds a flow up, in a table and as JSON', async () => {
    const flow = await shop.order('o-8');
    await shop.isKnown('o-8', 'completed');
    const { code, out, err } = await shop.run('report', flow, '--ends', 'payment.authorized.v1');
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(`^flow ${flow}, completed within .+\nbegan .+, branches 1, open 0\n\nSTEP`),
    );
    expect(out).toMatch(/^shop\/authorize +1 +1 +0 +0 +0 +\d+ ms +\d+ ms$/m);
    expect(out).toMatch(/^reached:\n {2}payment\.authorized\.v1 from \/shop\/authorize \(.+\)$/m);
    expect(err).toMatch(/behind\.\n$/);
    const [report] = linesOf<FlowReport>(await shop.run('report', flow, '--json'));
    expect(report).toMatchObject({ flowId: flow, state: 'completed', ends: [] });
  });

  it('ends with 3 for a flow that nobody knows, and with 2 for what is no question', async () => {
    const unknown = await shop.run('report', 'f-1/carrier/9');
    expect(unknown.code).toBe(3);
    expect(unknown.out).toMatch(/^No flow has the id f-1\/carrier\/9, as of /);
    expect(linesOf(await shop.run('report', 'none', '--json'))).toMatchObject([{ flowId: 'none' }]);
    expect((await shop.run('report')).code).toBe(2);
    const wrong = await shop.run('report', 'none', '--ends', 'parcel');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('not "parcel"');
  });
});

describe('flows', () => {
  it('lists by state and time, a page at a time', async () => {
    for (const id of ['broken-2', 'broken-3', 'o-2']) await shop.order(id);
    for (const id of ['broken-2', 'broken-3']) await shop.isKnown(id, 'failed');
    await shop.isKnown('o-2', 'completed');
    const first = await shop.run('flows', '--state', 'failed', '--since', '1h', '--limit', '1');
    expect(first.code).toBe(0);
    const lines = first.out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^STATE +BEGAN +OPENED BY +FLOW +WHERE$/);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^failed +\S+ \S+ +order\.placed\.v1 +\S+ +failed: shop__authorize/);
    const [, cursor = ''] = /--cursor (\S+)/.exec(first.err) ?? [];
    const [page] = linesOf<FlowsPage>(
      await shop.run('flows', '--state', 'failed', '--cursor', cursor, '--json'),
    );
    expect(page?.flows.length).toBeGreaterThanOrEqual(1);
    expect(page?.flows.map(({ id }) => id)).not.toContain(/ (\S+) +failed:/.exec(lines[1] ?? '')?.[1]);
    expect((await shop.run('flows', '--type', 'parcel.lost.v1')).code).toBe(3);
    expect((await shop.run('flows', '--until', '2020-01-01T00:00:00Z')).code).toBe(3);
  });

  it.each([
    [['--state', 'lost'], 'none is "lost"'],
    [['--limit', '501'], 'from 1 to 500'],
    [['--since', 'yesterday'], '--since yesterday is neither'],
    [['--colour', 'red'], '--colour'],
    [['o-1'], 'options only'],
  ])('ends with 2 for %j', async (args, reason) => {
    const { code, err } = await shop.run('flows', ...args);
    expect(code).toBe(2);
    expect(err).toContain(reason);
  });
});

describe('steps and top', () => {
  it('tell what waits and how the work goes', async () => {
    const { code, out } = await shop.run('steps');
    expect(code).toBe(0);
    expect(out).toMatch(/^STEP +TAKES +WAITING +IN FLIGHT +PER S/);
    expect(out).toMatch(/^shop\/authorize +evt\.order\.placed\.v1 +0 +0 /m);
    const steps = linesOf<StepView>(await shop.run('steps', '--json'));
    expect(steps.map(({ step }) => step)).toEqual(['shop__authorize', 'shop__ship']);

    await shop.order('broken-4');
    await shop.isKnown('broken-4', 'failed');
    const top = await shop.run('top');
    expect(top.code).toBe(0);
    expect(top.out).toMatch(/behind\.\n\nSTEP [\s\S]+\nSTATE [\s\S]+\nfailed /);
    expect(linesOf<{ failed: FlowsPage }>(await shop.run('top', '--json'))[0]?.failed.flows[0]?.state).toBe(
      'failed',
    );
    expect((await shop.run('top', '--every', '0')).code).toBe(2);
  });
});

describe('tail', () => {
  it('shows the changes that were asked for until Ctrl-C, and ends with 0', async () => {
    const child = shop.begin('tail', '--state', 'failed', '--step', 'shop/authorize', '--json');
    const ended = endOf(child);
    let out = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      out += bytes.toString();
    });
    let isOn = false;
    child.stderr?.on('data', () => {
      isOn = true;
    });
    await until('the tail is on', () => isOn);
    await shop.order('o-3');
    await shop.isKnown('o-3', 'completed');
    const flow = await shop.order('broken-5');
    await until('the failure is shown', () => out.includes(flow));
    child.kill('SIGINT');
    const end = await ended;
    expect(end.code).toBe(0);
    const states = linesOf<{ flow: Flow }>(end).map(({ flow }) => flow.state);
    expect(new Set(states)).toEqual(new Set(['failed']));
  });
});

describe('without a console', () => {
  it.each([['where', 'o-1'], ['flows'], ['steps'], ['top'], ['tail']])(
    '%s ends with 1, and says how to find it',
    async (...args) => {
      const { code, err } = await shop.run(...args, '--console', 'http://127.0.0.1:1', '--json');
      expect(code).toBe(1);
      const { error } = JSON.parse(err) as { error: { code: string; message: string } };
      expect(error.code).toBe('TROUPE_CLI_CONSOLE');
      expect(error.message).toContain('The console at http://127.0.0.1:1 does not answer.');
    },
  );

  it('ends with 2 for what is no address', async () => {
    const { code, err } = await troupeHere({ TROUPE_CONSOLE_URL: 'console' }, 'steps');
    expect(code).toBe(2);
    expect(err).toContain('not at console');
  });
});
