import { type NatsServer, startNatsServer } from '@troupe/broker';
import { BusinessKey, Contract, Default, Sensitive, Upcast } from '@troupe/contract';
import { IsOptional, IsString } from 'class-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lettersOf } from '../dead-letters/surgery.spec.support.ts';
import { TerminalError } from '../errors.ts';
import { stepOf, until } from '../fixtures.spec.support.ts';
import type { Instrumentation } from '../instrumentation.ts';
import type { Logger } from '../logger.ts';
import type { RetryPolicy } from '../step.ts';
import { Stage } from './stage.spec.support.ts';

@Contract({ type: 'account.opened', version: 1, kind: 'event', owner: 'accounts' })
class AccountOpened {
  @IsString()
  @BusinessKey()
  accountId!: string;

  @IsString()
  @Sensitive()
  secret!: string;

  @IsOptional()
  @IsString()
  note?: string;
}

@Contract({ type: 'account.opened', version: 2, kind: 'event', owner: 'accounts' })
class AccountOpened2 {
  @IsString()
  accountId!: string;

  @IsString()
  @Default('none')
  plan!: string;

  @Upcast(AccountOpened)
  static from({ accountId, secret }: AccountOpened): AccountOpened2 {
    if (accountId === 'broken') throw new Error(`cannot convert ${secret}`);
    return { accountId } as AccountOpened2;
  }
}

const SECRET = 'hunter2-hunter2';

let server: NatsServer;
let stage: Stage;
let told: unknown[];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  stage = await Stage.on(server);
  told = [];
});

describe('a sensitive value', () => {
  it('stands in nothing that is told of a handler that throws it', async () => {
    await open((account) => {
      const cause = new Error(`bad: ${account.secret}`);
      const detail = { query: [`?secret=${account.secret}`], at: new Date(0) };
      throw Object.assign(new TerminalError(`no luck with ${account.secret}`, { cause }), {
        detail,
        tries: 3,
      });
    });
    await account({ accountId: 'a-1', secret: SECRET });
    const letter = await theDeadLetter();
    expect(headersOf(letter)).not.toContain(SECRET);
    expect(decodeURI(letter.header.get('x-dlq-error-message'))).toBe('no luck with ***');
    expect(letter.header.get('x-dead-letter-reason')).toBe('terminal-error');
    expect(letter.header.get('x-dlq-error-type')).toBe('TROUPE_TERMINAL');
    const [alert] = await until('an alert is told', async () => {
      const alerts = await stage.notices('alert');
      return alerts.length > 0 ? alerts : undefined;
    });
    expect(alert).toMatchObject({ message: 'no luck with ***', event: { keys: { '/accountId': 'a-1' } } });
    const error = await until('it is logged', () => told.find((one) => one instanceof TerminalError));
    expect(error).toMatchObject({
      tries: 3,
      detail: { query: ['?secret=***'], at: '1970-01-01T00:00:00.000Z' },
    });
    expect((error as Error).cause).toMatchObject({ message: 'bad: ***' });
    expect(told.map(texts).join()).not.toContain(SECRET);
  });

  it('stands in no notice of a retry, whatever was thrown', async () => {
    let calls = 0;
    await open(
      (account) => {
        calls++;
        if (calls === 1) throw { account };
        if (calls === 2) throw new Error(account.secret);
      },
      { initialDelayMs: 1 },
    );
    await account({ accountId: 'a-1', secret: SECRET });
    await until('it is handled', () => calls === 3);
    const retries = await until('both are told', async () => {
      const notices = await stage.notices('retry');
      return notices.length === 2 ? notices : undefined;
    });
    expect(retries.map(({ message }) => message)).toEqual([expect.stringContaining('***'), '***']);
    expect(JSON.stringify(retries) + told.map(texts).join()).not.toContain(SECRET);
  });

  it('of a handler that changed it is still found', async () => {
    await open((account) => {
      const { secret } = account;
      account.secret = '';
      throw new TerminalError(secret);
    });
    await account({ accountId: 'a-1', secret: SECRET });
    expect(headersOf(await theDeadLetter())).not.toContain(SECRET);
  });

  it('stands in nothing that is told of an upcaster that throws it', async () => {
    const taken: object[] = [];
    const handle = (account: object) => void taken.push({ ...account });
    await stage.app([stepOf({ name: 'keep', on: [AccountOpened2], handle })], { log: kept });
    await account({ accountId: 'a-1', secret: SECRET });
    await until('one is handled, with its default', () => taken.length === 1);
    expect(taken).toEqual([{ accountId: 'a-1', plan: 'none' }]);
    await account({ accountId: 'broken', secret: SECRET }, { 'ce-id': '2' });
    const letter = await theDeadLetter();
    expect(letter.header.get('x-dead-letter-reason')).toBe('upcast-failed');
    expect(decodeURI(letter.header.get('x-dlq-error-message'))).toContain('cannot convert ***');
    expect(headersOf(letter) + told.map(texts).join()).not.toContain(SECRET);
  });

  it('stands in no violation', async () => {
    await open(() => {});
    await account({ accountId: 1, secret: { of: SECRET } });
    const letter = await theDeadLetter();
    expect(headersOf(letter)).not.toContain(SECRET);
    expect(JSON.parse(decodeURI(letter.header.get('x-dlq-violations')))).toEqual({
      total: 2,
      shown: [
        { path: '/accountId', rule: 'isString', message: 'accountId must be a string' },
        { path: '/secret', rule: 'isString', message: 'breaks the rule isString; its value is sensitive' },
      ],
    });
  });
});

describe('a dead letter', () => {
  const envelope = { specversion: '1.0', id: '1', source: '/f', type: 'account.opened.v1' };

  it.each<[string, Record<string, string>, unknown, object]>([
    [
      'masked',
      {},
      { accountId: 7, secret: SECRET },
      { kind: 'json', value: { accountId: 7, secret: '***' } },
    ],
    [
      'masked in an envelope',
      { 'content-type': 'application/cloudevents+json' },
      { ...envelope, data: { secret: SECRET } },
      { kind: 'json', value: { ...envelope, data: { secret: '***' } } },
    ],
    ['not at all when it is no JSON', {}, `{ "secret": ${SECRET}`, { kind: 'hidden' }],
    [
      'not at all when its contract is not known',
      { 'ce-type': 'account.closed.v1' },
      { secret: SECRET },
      { kind: 'hidden' },
    ],
  ])('shows its payload %s, and whole only when asked for', async (_what, headers, body, shown) => {
    await open(() => {});
    await account(body, headers);
    await theDeadLetter();
    const letters = await lettersOf(server, stage.prefix);
    const letter = await letters.show(1);
    expect(letter.body).toMatchObject(shown);
    expect(JSON.stringify(letter)).not.toContain(SECRET);
    const payload = await letters.payload(1);
    expect(payload.value).toEqual(body);
  });
});

function keep(fields: object): void {
  told.push((fields as { err?: unknown }).err ?? fields);
}

const kept: Logger = { debug: keep, info: keep, warn: keep, error: keep };

async function open(handle: (account: AccountOpened) => void, retry: RetryPolicy = {}): Promise<void> {
  const instrumentation: Instrumentation = {
    process: () => ({ run: (handler) => handler(), end: (_outcome, error) => void told.push(error) }),
    send: () => ({ headers: {}, end: () => {} }),
  };
  const step = stepOf({ name: 'keep', on: [AccountOpened], retry, handle: handle as never });
  await stage.app([step], { log: kept, instrumentation });
}

async function account(body: unknown, headers: Record<string, string> = {}): Promise<void> {
  const isStructured = 'content-type' in headers;
  const attributes = {
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': '/f',
    'ce-type': 'account.opened.v1',
  };
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  await stage.put(
    stage.subjectOf(AccountOpened),
    { ...(isStructured ? {} : attributes), ...headers },
    payload,
  );
}

async function theDeadLetter() {
  const [letter] = await until('it is dead-lettered', async () => {
    const letters = await stage.deadLetters();
    return letters[0] === undefined ? undefined : ([letters[0], ...letters.slice(1)] as const);
  });
  return letter;
}

function headersOf(letter: { readonly header: Iterable<[string, string[]]> }): string {
  return decodeURI([...letter.header].flat(2).join('\n'));
}

/** All that a log could write of an error. */
function texts(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? '';
  return [error.message, error.stack, JSON.stringify(error), texts(error.cause)].join('\n');
}
