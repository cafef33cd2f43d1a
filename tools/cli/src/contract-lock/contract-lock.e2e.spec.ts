import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildOrderSystem } from '../workshop.spec.support.ts';
import { type Fixture, here, troupeIn, workspaceOf } from '../workspace/fixture.spec.support.ts';

beforeAll(buildOrderSystem, 120_000);

/** Each command line is a process: many of them take their time on a machine that does other things. */
const MANY_PROCESSES = { timeout: 120_000 };

const ID = { id: ['IsString()'] };
const NOTE = { note: ['IsOptional()', 'IsString()'] };
const CHANGED_ID = { id: ['IsInt()'] };

describe('troupe contracts check in the order system', MANY_PROCESSES, () => {
  it('finds every contract as it is locked', async () => {
    expect(await troupeIn(here, 'contracts', 'check')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+ contracts, as locked\n$/),
    });
  });
});

describe('troupe contracts lock and check', MANY_PROCESSES, () => {
  it('lock what the code says, and find it so', async () => {
    const team = await teamWith({ 'order.placed': ID });
    expect(await team.check()).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining('order.placed.v1 is not locked\n  Run troupe contracts lock'),
    });
    expect(await team.lock()).toMatchObject({ code: 0, out: 'order.placed.v1: revision 1\n' });
    expect(await team.check()).toMatchObject({ code: 0, out: '1 contract, as locked\n' });
    expect(await team.lock()).toMatchObject({ code: 0, out: '1 contract, as locked\n' });
    expect(await team.revisions()).toMatchObject([
      { kind: 'event', owner: 'team', schema: { type: 'object' } },
    ]);
  });

  it('say that a compatible change is not locked yet, and keep what was before', async () => {
    const team = await teamWith({ 'order.placed': ID });
    await team.lock();
    await team.write({ 'order.placed': { ...ID, ...NOTE } });
    const changed = await team.check();
    expect(changed).toMatchObject({ code: 7, out: '' });
    expect(changed.err).toContain('order.placed.v1 has changed compatibly, and is not locked so');
    expect(await team.lock()).toMatchObject({ code: 0, out: 'order.placed.v1: revision 2\n' });
    expect(await team.check()).toMatchObject({ code: 0 });
    expect(await team.revisions()).toHaveLength(2);
  });

  it('refuse a breaking change: rule, field, consumers, what to do; lock it only with a reason', async () => {
    const team = await teamWith({ 'order.placed': ID }, CASH);
    await team.lock();
    await team.write({ 'order.placed': CHANGED_ID });
    const broken = await team.check();
    expect(broken).toMatchObject({ code: 7, out: '' });
    expect(broken.err).toContain(
      'id: the previous version may send string, the next one takes integer (type-refused, backward, revision 1, at /properties/id/type)',
    );
    expect(broken.err).toContain('or make the change in a new major version.');
    expect(broken.err).toContain('consumed by cash__pay');

    const refused = await team.lock();
    expect(refused).toMatchObject({ code: 7, out: '' });
    expect(refused.err).toContain('Nothing was locked.');
    expect(await team.revisions()).toHaveLength(1);
    expect(await team.lock('--break')).toMatchObject({ code: 2 });
    expect(await team.lock('--reason', 'x')).toMatchObject({ code: 2 });
    expect(await team.lock('--break', '--reason', ' ')).toMatchObject({ code: 2 });

    expect(await team.lock('--break', '--reason', 'nobody reads it yet')).toMatchObject({ code: 0 });
    expect(await team.revisions()).toMatchObject([{}, { break: 'nobody reads it yet' }]);
    expect(await team.check()).toMatchObject({ code: 0 });
  });

  it('miss a contract that is gone, unless that was locked with a reason', async () => {
    const both = { 'order.placed': ID, 'order.paid': ID };
    const team = await teamWith(both);
    await team.lock();
    await team.write({ 'order.placed': ID });
    expect(await team.check()).toMatchObject({
      code: 7,
      err: expect.stringContaining('order.paid.v1 is locked, and gone'),
    });
    expect(await team.check('packages/contracts')).toMatchObject({ code: 0 });
    expect(await team.lock()).toMatchObject({ code: 7 });
    expect(await team.lock('--break', '--reason', 'never sent')).toMatchObject({
      out: 'order.paid.v1: removed\n',
    });
    expect(await team.check()).toMatchObject({ code: 0 });
    await team.write(both);
    expect((await team.check()).err).toContain('order.paid.v1 has changed compatibly');
    expect(await team.lock()).toMatchObject({ out: 'order.paid.v1: revision 2\n' });
  });

  it('refuse a lock that a hand was at', async () => {
    const team = await teamWith({ 'order.placed': ID });
    await team.lock();
    const text = await readFile(team.lockFile, 'utf8');
    await writeFile(team.lockFile, text.replace('"string"', '"integer"'));
    for (const ended of [await team.check(), await team.lock()]) {
      expect(ended).toMatchObject({ code: 1, out: '' });
      expect(ended.err).toContain('contracts.lock/order.placed.v1.json was edited by hand');
      expect(ended.err).toContain('(TROUPE_CONTRACT_LOCK)');
    }
  });

  it('refuse two classes of one type and version', async () => {
    const team = await teamWith({ 'order.placed': ID });
    await team.append(`export class Twin {}
      IsString()(Twin.prototype, 'id');
      Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'team' })(Twin);`);
    expect(await team.check()).toMatchObject({
      code: 1,
      err: expect.stringMatching(/order\.placed\.v1 is described by another class already/),
    });
  });

  it('say that there is nothing to compare with 3', async () => {
    const team = await teamWith({});
    expect(await team.check()).toMatchObject({ code: 3, out: '' });
    expect(await team.lock()).toMatchObject({ code: 3, out: '' });
  });
});

describe('--against', MANY_PROCESSES, () => {
  it('finds a lock that was written anew, and one that is gone', async () => {
    const team = await teamWith({ 'order.placed': ID, 'order.paid': ID });
    await team.lock();
    team.commit();
    expect(await team.check('--against', 'HEAD')).toMatchObject({ code: 0 });
    await team.write({ 'order.placed': { ...ID, ...NOTE }, 'order.paid': ID });
    await team.lock();
    expect(await team.check('--against', 'HEAD')).toMatchObject({ code: 0 });

    await rm(join(team.folder, 'contracts.lock'), { recursive: true });
    await team.write({ 'order.placed': CHANGED_ID });
    await team.lock();
    expect(await team.check()).toMatchObject({ code: 0 });
    const rewritten = await team.check('--against', 'HEAD');
    expect(rewritten).toMatchObject({ code: 7, out: '' });
    expect(rewritten.err).toMatch(/order\.placed\.v1 breaks .*\n.*\(lock-rewritten, revision 1\)/);
    expect(rewritten.err).toMatch(/order\.paid\.v1 breaks .*\n.*\(lock-rewritten, revision 1\)/);
  });

  it('needs a revision that git knows', async () => {
    const team = await teamWith({ 'order.placed': ID });
    await team.lock();
    team.commit();
    for (const revision of ['no-such-branch', '--output=x', '']) {
      expect(await team.check(`--against=${revision}`)).toMatchObject({ code: 2, out: '' });
    }
    expect(await readdir(team.folder)).not.toContain('x');
  });
});

describe('for programs', MANY_PROCESSES, () => {
  it('the answer is JSON, and a JUnit report', async () => {
    const team = await teamWith({ 'order.placed': ID, 'order.paid': ID }, CASH);
    await team.lock();
    await team.write({ 'order.placed': CHANGED_ID, 'order.paid': ID });
    const report = join(team.folder, 'report.xml');
    const { code, out } = await team.check('--json', '--junit', report);
    expect(code).toBe(7);
    expect(JSON.parse(out)).toMatchObject({
      contracts: [
        { contract: 'order.paid.v1', status: 'locked', breaks: [] },
        {
          contract: 'order.placed.v1',
          status: 'breaking',
          breaks: [
            { rule: 'type-refused', direction: 'backward', revision: 1, pointer: '/properties/id/type' },
            { rule: 'type-refused', direction: 'forward', revision: 1, pointer: '/properties/id/type' },
          ],
          consumedBy: [{ app: 'cash', step: 'cash__pay' }],
        },
      ],
    });
    const xml = await readFile(report, 'utf8');
    expect(xml).toContain('<testsuite name="troupe contracts check" tests="2" failures="1">');
    expect(xml).toContain('<testcase classname="contracts" name="order.paid.v1"/>');
    expect(xml).toContain('<failure type="breaking" message="order.placed.v1 breaks what is locked">');
    expect(await team.check('--junit', join(team.folder, 'no/such/folder.xml'))).toMatchObject({ code: 1 });
  });
});

type Contracts = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** An app that consumes `order.placed`. */
const CASH: Fixture['apps'] = { cash: { steps: { pay: 'order.placed >' } } };

/** A workspace with contracts that can be written anew. */
async function teamWith(contracts: Contracts, apps: Fixture['apps'] = {}) {
  const folder = await workspaceOf({ contracts: [], apps });
  const entry = join(folder, 'packages/contracts/index.js');
  const lockFile = join(folder, 'contracts.lock/order.placed.v1.json');
  const write = (some: Contracts) => writeFile(entry, sourceOf(some));
  await write(contracts);
  return {
    folder,
    lockFile,
    write,
    append: async (source: string) => writeFile(entry, `${await readFile(entry, 'utf8')}${source}`),
    check: (...args: string[]) => troupeIn(folder, 'contracts', 'check', ...args),
    lock: (...args: string[]) => troupeIn(folder, 'contracts', 'lock', ...args),
    revisions: async (): Promise<unknown[]> => JSON.parse(await readFile(lockFile, 'utf8')).revisions,
    commit: () => {
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
          cwd: folder,
        });
      git('init', '--quiet');
      git('add', 'contracts.lock');
      git('commit', '--quiet', '--message', 'lock');
    },
  };
}

function sourceOf(contracts: Contracts): string {
  const classes = Object.entries(contracts).map(([type, fields]) => {
    const name = type.replace(/(^|\.)([a-z])/g, (_, _dot, letter: string) => letter.toUpperCase());
    const given = JSON.stringify({ type, version: 1, kind: 'event', owner: 'team' });
    const decorators = Object.entries(fields).flatMap(([field, rules]) =>
      rules.map((rule) => `${rule}(${name}.prototype, '${field}');`),
    );
    return `export class ${name} {}\n${decorators.join('\n')}\nContract(${given})(${name});`;
  });
  return `import { Contract } from '@troupe/contract';
import { IsInt, IsOptional, IsString } from 'class-validator';
${classes.join('\n')}
`;
}
