import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readConsoleSettings } from './settings.ts';

const lock = join(import.meta.dirname, '../../../choreography.lock');

it('keeps the index in the folder of embedded databases, one for each environment, or where it is told', () => {
  const storeOf = (variables: NodeJS.ProcessEnv, settings = {}) =>
    readConsoleSettings(variables, settings).store;
  expect(storeOf({})).toBe(join('.troupe/data/console/ledger.sqlite'));
  expect(storeOf({}, { data: '/data', prefix: 'test' })).toBe(join('/data/console/ledger-test.sqlite'));
  expect(storeOf({}, { data: 'memory' })).toBe(':memory:');
  const address = 'postgres://u:p@host/ledger';
  expect(storeOf({ LEDGER_DATABASE_URL: address }, { data: 'memory' })).toBe(address);
});

it('reads the choreography that it is told of', () => {
  const { choreography } = readConsoleSettings({ TROUPE_CHOREOGRAPHY: lock }, {});
  expect(choreography?.apps.map(({ app }) => app)).toContain('payments');
});

it('tells the webhook that it is told of, and else nobody', () => {
  const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
  const url = 'https://alerts.example/troupe';
  const variables = { TROUPE_WEBHOOK_URL: url, TROUPE_WEBHOOK_SECRET: secret };
  expect(readConsoleSettings(variables, {}).webhook).toEqual({ url, secret });
  expect(readConsoleSettings({}, {}).webhook).toBeUndefined();
});

it('reads its secrets from files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'console-settings-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
  const settings = readConsoleSettings({
    LEDGER_DATABASE_URL_FILE: await file('ledger', 'postgres://u:p@host/ledger\n'),
    TROUPE_WEBHOOK_URL: 'https://alerts.example/troupe',
    TROUPE_WEBHOOK_SECRET_FILE: await file('webhook', `${secret}\n`),
  });
  expect(settings.store).toBe('postgres://u:p@host/ledger');
  expect(settings.webhook).toEqual({ url: 'https://alerts.example/troupe', secret });
});

it('purges nothing unless a retention time is set', () => {
  expect(readConsoleSettings({}, {}).retentionMs).toBeUndefined();
  expect(readConsoleSettings({ TROUPE_RETENTION: '30d' }, {}).retentionMs).toBe(30 * 86_400_000);
});

it('has patience for as long as it is told', () => {
  expect(readConsoleSettings({}, {}).alertAfterMs).toBeUndefined();
  expect(readConsoleSettings({ TROUPE_ALERT_AFTER: '2m' }, {}).alertAfterMs).toBe(120_000);
  expect(() => readConsoleSettings({ TROUPE_ALERT_AFTER: '0s' }, {})).toThrow(
    /TROUPE_ALERT_AFTER is "0s".*must be a length of time/,
  );
});

it('names every variable that is wrong, and no password', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'console-settings-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = async (text: string) => {
    await writeFile(join(folder, 'lock'), text);
    return join(folder, 'lock');
  };
  const refused = (variables: NodeJS.ProcessEnv) => expect(() => readConsoleSettings(variables, {}));
  refused({ LEDGER_DATABASE_URL: 'mysql://ada:secret@host/db' }).toThrow(/^((?!secret).)*$/s);
  refused({ LEDGER_DATABASE_URL: 'mysql://host/db' }).toThrow(/LEDGER_DATABASE_URL must be/);
  refused({ TROUPE_CHOREOGRAPHY: join(folder, 'none') }).toThrow(/TROUPE_CHOREOGRAPHY: There is no file/);
  refused({ TROUPE_CHOREOGRAPHY: await file('{') }).toThrow(/holds no JSON/);
  refused({ TROUPE_CHOREOGRAPHY: await file('{"format":9}') }).toThrow(/TROUPE_CHOREOGRAPHY: .*format 9/);
  refused({ TROUPE_WEBHOOK_URL: 'ftp://host' }).toThrow(
    /TROUPE_WEBHOOK_URL must[\s\S]*TROUPE_WEBHOOK_SECRET must be set too/,
  );
  for (const age of ['30', '0d', '-1h', '1.5d', 'for ever']) {
    refused({ TROUPE_RETENTION: age }).toThrow(/TROUPE_RETENTION is ".*must be a length of time/);
  }
  refused({ TROUPE_CHOREOGRAPHY: folder, LEDGER_DATABASE_URL: 'x' }).toThrow(/LEDGER_DATA[\s\S]*CHOREO/);
});
