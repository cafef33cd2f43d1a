import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNatsServer } from '@troupe/broker';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Ended } from '../command-line.spec.support.ts';
import { build } from '../workshop.spec.support.ts';
import { type Fixture, troupeIn, troupeWith, workspaceOf } from '../workspace/fixture.spec.support.ts';

const SHOP: Fixture = {
  contracts: ['order.placed', 'order.paid'],
  apps: {
    web: { produces: 'order.placed' },
    pay: { steps: { charge: 'order.placed > order.paid' } },
  },
};

beforeAll(() => build(), 120_000);

describe('troupe permissions', { timeout: 120_000 }, () => {
  it('prints a configuration, makes the keys that are missing, and shows no seed', async () => {
    const folder = await workspaceOf(SHOP);
    const first = await troupeIn(folder, 'permissions');
    expect(first).toMatchObject({ code: 0 });
    const keys = join(folder, '.troupe/keys');
    expect((await readdir(keys)).sort()).toEqual(['operator.nk', 'pay.nk', 'public.json', 'web.nk']);
    for (const user of ['operator', 'pay', 'web']) {
      const seed = (await readFile(join(keys, `${user}.nk`), 'utf8')).trim();
      expect(`${first.out}${first.err}`).not.toContain(seed);
    }
    expect(first.out).toMatch(/^# Written by .*\naccounts \{\n {2}TEAM \{\n {4}jetstream: enabled/);
    expect(await troupeIn(folder, 'permissions')).toMatchObject({ code: 0, out: first.out });
  });

  it('gives the app of another organisation an account of its own, and an environment its own names', async () => {
    const folder = await workspaceOf(SHOP);
    await ofPackage(folder, 'pay', { organisation: 'bank' });
    const { code, out } = await troupeIn(folder, 'permissions', '--json', '--prefix', 'staging');
    expect(code).toBe(0);
    const accounts = JSON.parse(out) as {
      account: string;
      apiPrefix?: string;
      users: { user: string; publish: string[] }[];
    }[];
    expect(
      accounts.map(({ account, apiPrefix, users }) => [account, apiPrefix, users.map(({ user }) => user)]),
    ).toEqual([
      ['STAGING__TEAM', undefined, ['web', 'operator']],
      ['STAGING__BANK', 'STAGING__TEAM.API', ['pay']],
    ]);
    expect(accounts[1]?.users[0]?.publish).toEqual(
      expect.arrayContaining([
        'staging.evt.order.paid.v1.*',
        'STAGING__TEAM.API.CONSUMER.MSG.NEXT.staging_EVENTS.pay__charge__order_placed_v1',
      ]),
    );
  });

  it.each([
    [
      'an organisation that no account can be named after',
      { organisation: 'The Bank' },
      'TROUPE_CLI_WORKSPACE',
    ],
    ['a bucket that none can be named after', { buckets: { 'a.b': {} } }, 'TROUPE_CLI_WORKSPACE'],
    ['a bucket without a bound that is one', { buckets: { a: { ttl: '5' } } }, 'TROUPE_CLI_WORKSPACE'],
    ['a console that is an app', { console: true }, 'TROUPE_CLI_WORKSPACE'],
  ])('refuses %s', async (_what, said, code) => {
    const folder = await workspaceOf(SHOP);
    await ofPackage(folder, 'pay', said);
    const ended = await troupeIn(folder, 'permissions');
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toContain(code);
  });

  it('refuses a prefix that is none, and says when there is no app', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'troupe-empty-'));
    onTestFinished(() => rm(empty, { recursive: true }));
    await writeFile(join(empty, 'package.json'), '{}');
    expect(await troupeIn(empty, 'permissions')).toMatchObject({ code: 3, out: '' });
    expect(await troupeIn(empty, 'permissions', '--prefix', 'Staging')).toMatchObject({ code: 2 });
    expect(await readdir(empty)).toEqual(['package.json']);
  });
});

const ENVIRONMENTS = ['staging', 'live'] as const;

describe('the configurations of two environments', { timeout: 120_000 }, () => {
  it('let both be used on one broker, each with streams that the other does not see, in one block', async () => {
    const folder = await workspaceOf(SHOP);
    const written = await environmentsOf(folder);
    const inside = written.join('').replaceAll(/^\S.*\n/gm, '');
    const operate = await brokerWith(folder, `accounts {\n${inside}}`);
    for (const one of ENVIRONMENTS)
      expect(await operate(one, 'apply', '--yes', '--prefix', one)).toMatchObject({ code: 0 });
    for (const one of ENVIRONMENTS)
      expect(await operate(one, 'plan', '--prefix', one)).toMatchObject({ code: 3, out: '' });
    expect((await operate('staging', 'plan', '--prefix', 'live')).out).toContain('create stream live_EVENTS');
  });

  it('let only the last be used when each is a block of its own', async () => {
    const folder = await workspaceOf(SHOP);
    const operate = await brokerWith(folder, (await environmentsOf(folder)).join(''));
    expect(await operate('live', 'plan', '--prefix', 'live')).toMatchObject({ code: 0 });
    const refused = await operate('staging', 'plan', '--prefix', 'staging');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('TROUPE_BROKER_REFUSED');
  });
});

/** What is written for each, with keys of its own. */
function environmentsOf(folder: string): Promise<string[]> {
  const written = ENVIRONMENTS.map(async (one) => {
    const keys = join(folder, 'keys', one);
    const { out } = await troupeIn(folder, 'permissions', '--prefix', one, '--keys', keys);
    return out;
  });
  return Promise.all(written);
}

/** Runs `troupe topology` as the operator of an environment, on a broker that is configured so. */
async function brokerWith(
  folder: string,
  configExtra: string,
): Promise<(operatorOf: string, ...args: string[]) => Promise<Ended>> {
  const server = await startNatsServer({ configExtra });
  onTestFinished(() => server.stop());
  return (operatorOf, ...args) => {
    const variables = {
      NATS_URL: server.url,
      NATS_NKEY_FILE: join(folder, 'keys', operatorOf, 'operator.nk'),
    };
    return troupeWith(variables, folder, 'topology', ...args);
  };
}

/** Adds to what the package.json of an app says under `troupe`. */
async function ofPackage(folder: string, app: string, said: object): Promise<void> {
  const file = join(folder, 'packages', app, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { troupe: object };
  await writeFile(file, JSON.stringify({ ...manifest, troupe: { ...manifest.troupe, ...said } }));
}
