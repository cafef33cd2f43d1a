import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import type { LetterGroups, ListedLetter, Operation } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { troupeHere } from '../command-line.spec.support.ts';
import { linesOf, Workshop } from '../workshop.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const WHY = ['--why', 'the provider is back', '--by', 'ada'];

describe('ls, groups and show', () => {
  it('tell what there is as text and as JSON, and 3 when there is nothing', async () => {
    const workshop = await Workshop.on(server);
    expect(await workshop.run('ls')).toMatchObject({ code: 3, out: '' });
    await workshop.deadLetter(3);

    const listed = await workshop.run('ls');
    expect(listed.code).toBe(0);
    const lines = listed.out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^NUMBER +SET ASIDE +STEP +REASON +TYPE +STATE +ERROR$/);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(
      /^1 +\S+ \S+ +shop\/authorize +terminal-error +order\.placed\.v1 +open +no provider for/,
    );

    const letters = linesOf<ListedLetter>(await workshop.run('ls', '--flow', 'order-2', '--json'));
    expect(letters).toMatchObject([{ flowId: 'order-2', reason: 'terminal-error', state: 'open' }]);
    expect((await workshop.run('ls', '--reason', 'no-such-reason')).code).toBe(3);
    expect((await workshop.run('ls', '--since', '1h', '--json')).out.split('\n')).toHaveLength(4);
    expect((await workshop.run('ls', '--until', '1h')).code).toBe(3);

    const [{ groups } = { groups: [] }] = linesOf<LetterGroups>(await workshop.run('groups', '--json'));
    expect(groups).toMatchObject([
      { count: 3, app: 'shop', step: 'authorize', fingerprint: letters[0]?.fingerprint },
    ]);
    expect((await workshop.run('groups')).out).toMatch(/^GROUP +COUNT[\s\S]*[0-9a-f]{16} +3 /);

    const seq = String(letters[0]?.seq);
    const shown = await workshop.run('show', seq);
    expect(shown.out).toContain('shop/authorize');
    expect(shown.out).toContain('"orderId": "order-2"');
    expect(shown.out).toContain('x-original-stream: ');
    expect(JSON.parse((await workshop.run('show', seq, '--payload')).out)).toEqual({ orderId: 'order-2' });
    expect(linesOf(await workshop.run('show', seq, '--json'))).toMatchObject([{ body: { kind: 'json' } }]);
    const missing = await workshop.run('show', '99', '--json');
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.err)).toMatchObject({ error: { code: 'TROUPE_DEAD_LETTER_NOT_FOUND' } });
  });
});

describe('show', () => {
  it('masks what is sensitive, names the sender, and gives the payload whole only on demand', async () => {
    const workshop = await Workshop.on(server);
    const order = { orderId: 'order-1', token: 'tok_secret' };
    await workshop.deadLetterSensitive(order, { token: 'tok_secret' });
    const letters = linesOf<ListedLetter>(await workshop.run('ls', '--json'));
    const numberOf = (type: string): string => `${letters.find(({ event }) => event.type === type)?.seq}`;

    const known = numberOf('order.placed.v1');
    const shown = await workshop.run('show', known);
    expect(shown.out).toContain('"token": "***"');
    expect(shown.out).toMatch(/^sent by +shop 1\.0\.0$/m);
    expect(shown.out + (await workshop.run('show', known, '--json')).out).not.toContain('tok_secret');
    expect(JSON.parse((await workshop.run('show', known, '--payload')).out)).toEqual(order);

    const unknown = (await workshop.run('show', numberOf('order.gone.v1'))).out;
    expect(unknown).toContain('(not shown: its contract is not known');
    expect(unknown).not.toContain('tok_secret');
  });
});

describe('redrive', () => {
  it('sends to the step that failed alone, and ends with 0', async () => {
    const workshop = await Workshop.on(server);
    await workshop.deadLetter(15);
    workshop.broken = false;
    const ended = await workshop.run('redrive', '--step', 'authorize', '--yes', ...WHY);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.out).toMatch(/^redrive \S+ done: 15 sent\n$/);
    expect(workshop.authorized).toHaveLength(30);
    expect(workshop.counted).toHaveLength(15);
    expect((await workshop.run('ls')).code).toBe(3);
    expect((await workshop.run('ls', '--redriven')).out).toContain('redriven: done');
    expect((await workshop.run('redrive', '--all', '--yes', ...WHY)).code).toBe(3);
  });

  it('ends with 4 when the canary failed, with 6 when others did', async () => {
    const workshop = await Workshop.on(server);
    await workshop.deadLetter(15);
    const stopped = await workshop.run('redrive', '--all', '--yes', '--json', ...WHY);
    expect(stopped.code).toBe(4);
    expect(linesOf<Operation>(stopped)).toMatchObject([{ state: 'stopped', counts: { done: 1, failed: 1 } }]);
    const partly = await workshop.run('redrive', '2-3', '--no-canary', ...WHY);
    expect(partly).toMatchObject({ code: 6 });
    expect(partly.out).toContain('2 sent, 2 failed again');
  });
});

describe('edit', () => {
  async function file(name: string, value: unknown): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-cli-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  }

  it('sends new data that keeps its schema', async () => {
    const workshop = await Workshop.on(server);
    await workshop.deadLetter(1);
    workshop.broken = false;
    const schema = await file('schema.json', { type: 'object', properties: { orderId: { type: 'string' } } });
    const wrong = await file('wrong.json', { orderId: 5 });
    const refused = await workshop.run('edit', '1', '--data', wrong, '--schema', schema, ...WHY);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('TROUPE_CONTRACT_INVALID');
    expect(await workshop.redriven()).toEqual([]);
    const right = await file('right.json', { orderId: 'mended' });
    const sent = await workshop.run('edit', '1', '--data', right, '--schema', schema, ...WHY);
    expect(sent).toMatchObject({ code: 0 });
    expect(workshop.authorized.at(-1)).toBe('mended');
    expect((await workshop.redriven())[0]?.header.get('x-edited-by')).toBe('ada');
    expect((await workshop.run('show', '1')).out).toContain('edited as');
  });
});

describe('archive, restore and operations', () => {
  it('put away, bring back and tell who did it why', async () => {
    const workshop = await Workshop.on(server);
    expect((await workshop.run('operations')).code).toBe(3);
    await workshop.deadLetter(3);
    expect((await workshop.run('archive', '1', '2', ...WHY)).out).toMatch(/^archive \S+ done: 2 archived\n$/);
    expect((await workshop.run('ls', '--json')).out.trimEnd().split('\n')).toHaveLength(1);
    expect((await workshop.run('ls', '--archived', '--json')).out.trimEnd().split('\n')).toHaveLength(2);
    expect((await workshop.run('ls', '--all', '--json')).out.trimEnd().split('\n')).toHaveLength(3);
    expect((await workshop.run('restore', '--all', '--yes', ...WHY)).out).toContain('2 restored');
    expect((await workshop.run('ls', '--json')).out.trimEnd().split('\n')).toHaveLength(3);
    const { out } = await workshop.run('operations');
    expect(out).toMatch(/archive +done +ada +2[\s\S]*restore +done +ada +2 .*the provider is back/);
    const [first] = linesOf<Operation>(await workshop.run('operations', '--json'));
    expect(JSON.parse((await workshop.run('operations', 'show', first?.id ?? '')).out)).toEqual(first);
    const over = await workshop.run('operations', 'resume', first?.id ?? '');
    expect(over).toMatchObject({ code: 1 });
    expect(over.err).toContain('TROUPE_OPERATION_STATE');
  });
});

describe('sweep', () => {
  it('ends with 3 when there was nothing to sweep, and says what it did', async () => {
    const workshop = await Workshop.on(server);
    const ended = await workshop.run('sweep', '--json');
    expect(ended.code).toBe(3);
    expect(linesOf(ended)).toEqual([{ swept: 0, known: 0, gone: 0 }]);
  });
});

describe('a wrong command line', () => {
  it.each<[string, string[]]>([
    ['a command that is none', ['shred']],
    ['an option that is none', ['ls', '--colour']],
    ['a time that is none', ['ls', '--since', 'yesterday']],
    ['a redrive of nothing', ['redrive', ...WHY]],
    ['a redrive without a reason', ['redrive', '1']],
    ['a redrive by number and filter', ['redrive', '1', '--step', 'authorize', ...WHY]],
    ['a number that is none', ['redrive', '1', 'two', ...WHY]],
    ['a range that is too long', ['redrive', '1-20000', ...WHY]],
    ['a rate that is none', ['redrive', '1', '--rate', '0', ...WHY]],
    ['a canary that is none', ['redrive', '1', '--canary', 'one', ...WHY]],
    ['an edit without data', ['edit', '1', ...WHY]],
    ['two letters to show', ['show', '1', '2']],
    ['an operation without its id', ['operations', 'resume']],
    ['a prefix that is none', ['ls', '--prefix', 'Not A Name']],
  ])('(%s) ends with 2', async (_what, args) => {
    const { code, err } = await troupeHere({ NATS_URL: server.url }, 'dead-letters', ...args);
    expect(err).not.toBe('');
    expect(code).toBe(2);
  });

  it('of many letters without --yes ends with 2 where nobody can be asked', async () => {
    const workshop = await Workshop.on(server);
    await workshop.deadLetter(2);
    const ended = await workshop.run('redrive', '--all', ...WHY);
    expect(ended.code).toBe(2);
    expect(ended.err).toContain('Redrive 2 dead letters');
    expect(await workshop.redriven()).toEqual([]);
  });
});

it('a broker that is away ends with 1, within seconds', async () => {
  const ended = await troupeHere({}, 'dead-letters', 'ls', '--server', 'nats://user:secret@127.0.0.1:1');
  expect(ended.code).toBe(1);
  expect(ended.err).toContain('TROUPE_BROKER_UNAVAILABLE');
  expect(ended.err).not.toContain('secret');
});
