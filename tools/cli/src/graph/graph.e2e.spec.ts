import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildOrderSystem } from '../workshop.spec.support.ts';
import { type Fixture, here, troupeIn, workspaceOf } from '../workspace/fixture.spec.support.ts';
import type { Choreography } from './choreography.ts';

beforeAll(buildOrderSystem, 120_000);

const sound: Fixture = {
  contracts: ['order.placed', 'order.paid'],
  apps: {
    shop: { produces: 'order.placed', flow: 'order.placed > order.paid' },
    cash: { steps: { pay: 'order.placed > order.paid' } },
  },
};

describe('troupe graph in the order system', () => {
  it('draws it without a warning, and finds it as it is written down', async () => {
    const drawn = await troupeIn(here, 'graph');
    expect(drawn).toMatchObject({ code: 0 });
    expect(drawn.out).toMatch(
      /^flowchart LR\n {2}subgraph a1\["carrier"\]\n {4}s1\["collect"\]\n {4}s2\["deliver"\]/,
    );
    expect(drawn.err).not.toContain('warning');
    expect(await troupeIn(here, 'graph', '--check')).toMatchObject({
      code: 0,
      out: expect.stringContaining('is as the code says: 9 apps, 16 steps, 31 contracts, 3 flows'),
    });
  });

  it('knows the flow of an order', async () => {
    const { out } = await troupeIn(here, 'graph', '--format', 'json');
    const { apps, findings } = JSON.parse(out) as Choreography & { findings: unknown[] };
    expect(findings).toEqual([]);
    expect(apps.find(({ app }) => app === 'storefront')).toEqual({
      app: 'storefront',
      produces: ['order.placed.v1'],
      steps: [],
      flows: [
        {
          starts: 'order.placed.v1',
          ends: ['parcel.delivered.v1', 'parcel.returned.v1', 'payment.declined.v1', 'payment.refunded.v1'],
          within: '14d',
        },
      ],
    });
  });
});

describe('troupe graph in a workspace of its own', () => {
  it('writes the lock, and --check ends with 7 when the code has gone on, or there is none', async () => {
    const folder = await workspaceOf(sound);
    const missing = await troupeIn(folder, 'graph', '--check');
    expect(missing).toMatchObject({ code: 7, out: '' });
    expect(missing.err).toContain('choreography.lock is not there.');

    expect(await troupeIn(folder, 'graph', '--write')).toMatchObject({ code: 0 });
    expect(await troupeIn(folder, 'graph', '--check')).toMatchObject({ code: 0 });

    const lock = join(folder, 'choreography.lock');
    await writeFile(lock, (await readFile(lock, 'utf8')).replace('cash__pay', 'cash__charge'));
    const differing = await troupeIn(folder, 'graph', '--check');
    expect(differing).toMatchObject({ code: 7, out: '' });
    expect(differing.err).toContain('step cash__pay is in the code, but not in choreography.lock.');
    const json = await troupeIn(folder, 'graph', '--check', '--json');
    expect(JSON.parse(json.out)).toMatchObject({
      differences: [expect.stringContaining('step cash__charge'), expect.stringContaining('step cash__pay')],
      findings: [],
    });
  });

  it('warns of each thing that cannot be meant, and --check ends with 7 for it', async () => {
    const folder = await workspaceOf({
      contracts: [
        ...['order.placed', 'order.paid', 'order.lost', 'order.round', 'order.dream', 'order.unused'],
        ...['cart.filled', 'do.pick', 'do.pack'],
      ],
      apps: {
        shop: { produces: 'order.placed cart.filled', flow: 'order.placed > order.paid order.dream' },
        cash: {
          steps: {
            pay: 'order.placed > order.paid order.lost order.round do.pick do.pack',
            round: 'order.round > order.round',
            pick: 'do.pick > order.paid',
          },
        },
        depot: { steps: { pick: 'do.pick > order.paid', see: 'cart.filled' } },
      },
    });
    const drawn = await troupeIn(folder, 'graph', '--format', 'dot');
    expect(drawn).toMatchObject({ code: 0, out: expect.stringMatching(/^digraph choreography \{\n/) });
    const rules = [...drawn.err.matchAll(/^warning: .* \(([a-z-]+)\)$/gm)].map(([, rule]) => rule);
    expect(rules.toSorted()).toEqual([
      'command-handled-twice',
      'command-unhandled',
      'contract-unused',
      'event-unconsumed',
      'event-unsent',
      'flow-cycle',
      'flow-end-unreached',
      'flow-path-open',
      'flow-path-open',
      'flow-undeclared',
    ]);
    expect(drawn.err).toContain('Path: order.placed.v1 → cash__pay → order.lost.v1');
    await troupeIn(folder, 'graph', '--write');
    expect(await troupeIn(folder, 'graph', '--check')).toMatchObject({ code: 7, out: '' });
  });

  it('says what is wrong with a workspace, and ends with 1', async () => {
    const folder = await workspaceOf(sound);
    const cash = join(folder, 'packages/cash');
    await writeFile(join(cash, 'index.js'), 'throw new Error("no licence");');
    expect(await wrongIn(folder)).toMatch(
      /packages\/cash\/package\.json names .*cannot be imported: no licence/,
    );
    await writeFile(join(cash, 'index.js'), 'export const nothing = 1;');
    expect(await wrongIn(folder)).toMatch(/which exports 0 Nest modules/);
    await rm(join(cash, 'index.js'));
    expect(await wrongIn(folder)).toMatch(/which is not there: build the package first/);
    await writeFile(join(cash, 'package.json'), '{');
    expect(await wrongIn(folder)).toMatch(/packages\/cash\/package\.json cannot be read/);
    await writeFile(join(cash, 'package.json'), '{"troupe":{"modul":"./index.js"}}');
    expect(await wrongIn(folder)).toMatch(
      /cash\/package\.json is wrong: it\/troupe must NOT have additional properties/,
    );
    await rm(join(folder, 'package.json'));
    expect(await wrongIn(folder)).toMatch(/package\.json cannot be read/);
  });

  it('knows an app in another language by what it says of itself', async () => {
    const folder = await workspaceOf({
      contracts: ['order.placed', 'order.paid', 'parcel.sent'],
      apps: {
        shop: { produces: 'order.placed', flow: 'order.placed > parcel.sent' },
        cash: { steps: { pay: 'order.placed > order.paid' } },
      },
    });
    expect((await troupeIn(folder, 'graph')).err).toContain('flow-path-open');
    const carrier = join(folder, 'packages/carrier');
    await mkdir(carrier);
    await writeFile(join(carrier, 'package.json'), '{"troupe":{"app":"./troupe.json"}}');
    const declare = (declaration: object) =>
      writeFile(join(carrier, 'troupe.json'), JSON.stringify(declaration));
    const send = { name: 'send', on: ['order.paid.v1'], emits: ['parcel.sent.v1'], from: 'beginning' };
    await declare({ app: 'carrier', steps: [send] });
    const drawn = await troupeIn(folder, 'graph', '--json');
    expect(JSON.parse(drawn.out)).toMatchObject({
      apps: expect.arrayContaining([carrierEntry]),
      findings: [],
    });

    await declare({ app: 'carrier', steps: [{ ...send, on: ['order.shipped.v1'] }] });
    expect(await wrongIn(folder)).toMatch(/which names order\.shipped\.v1: no contract package has it/);
    await declare({ app: 'carrier', steps: [{ ...send, from: 'yesterday' }] });
    expect(await wrongIn(folder)).toMatch(/troupe\.json, which is wrong: it\/steps\/0\/from must be equal/);
    await rm(join(carrier, 'troupe.json'));
    expect(await wrongIn(folder)).toMatch(/troupe\.json, which cannot be read: ENOENT/);
  });

  it('ends, although an app began something when it was imported', async () => {
    const folder = await workspaceOf(sound);
    const file = join(folder, 'packages/cash/index.js');
    await writeFile(file, `${await readFile(file, 'utf8')}\nsetInterval(() => {}, 1_000);\n`);
    const { code, out } = await troupeIn(folder, 'graph', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ findings: [] });
  });

  it('refuses an app that would not start, and two of one name', async () => {
    const { contracts, apps } = sound;
    const endless = await workspaceOf({ contracts, apps: { shop: { flow: 'order.placed > order.paid' } } });
    expect(await wrongIn(endless)).toMatch(/names an app that cannot run: The flow of Steps starts with/);
    const twins = await workspaceOf({ contracts, apps });
    const source = await readFile(join(twins, 'packages/shop/index.js'), 'utf8');
    await writeFile(join(twins, 'packages/cash/index.js'), source);
    expect(await wrongIn(twins)).toMatch(/shop\/package\.json is the app shop, and so is packages\/cash/);
  });

  it('ends with 3 where nothing is a part of the platform, and with 2 for a wrong command line', async () => {
    const folder = await workspaceOf(sound);
    await writeFile(join(folder, 'package.json'), '{"name":"empty"}');
    expect(await troupeIn(folder, 'graph')).toMatchObject({ code: 3, out: '' });
    for (const args of [
      ['--format', 'png'],
      ['--write', '--check'],
      ['--check', '--format', 'dot'],
      ['somewhere'],
      ['--server', 'x'],
    ]) {
      expect(await troupeIn(folder, 'graph', ...args)).toMatchObject({ code: 2, out: '' });
    }
    expect((await troupeIn(folder, 'graph', '--help')).out).toContain('troupe graph [options]');
  });
});

const carrierEntry = {
  app: 'carrier',
  produces: [],
  steps: [
    { step: 'carrier__send', consumes: ['order.paid.v1'], emits: ['parcel.sent.v1'], from: 'beginning' },
  ],
  flows: [],
};

async function wrongIn(folder: string): Promise<string> {
  const { code, out, err } = await troupeIn(folder, 'graph');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('(TROUPE_CLI_WORKSPACE)');
  return err;
}
