import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/nats-core';
import { SettingError } from '@troupe/settings';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSettings } from './settings.ts';

describe('readSettings', () => {
  it('reads every variable', () => {
    const keyFile = fileOf(Buffer.from(nkeys.createUser().getSeed()).toString());
    const caFile = fileOf('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');
    expect(
      readSettings({
        NATS_URL: 'nats://a:4222,nats://b:4222',
        NATS_NKEY_FILE: keyFile,
        NATS_CA_FILE: caFile,
        TROUPE_API_PREFIX: 'TROUPE.API',
        TROUPE_PREFIX: 'staging',
        TROUPE_TOPOLOGY: 'verify',
        TROUPE_REPLICAS: '3',
        TROUPE_SHUTDOWN_GRACE_MS: '2500',
        DATABASE_URL: 'postgres://me:secret@db:5432/payments',
        TROUPE_DATA: '/var/lib/shop',
        TROUPE_INBOX_DAYS: '120',
        TROUPE_CONSOLE_URL: 'http://console:3005',
        TROUPE_LEDGER_URL: 'http://console.shop:3000',
        TROUPE_TRACE_URL: 'https://jaeger/trace/{traceId}',
        HOST: '0.0.0.0',
        PORT: '0',
      }),
    ).toEqual({
      servers: 'nats://a:4222,nats://b:4222',
      keyFile,
      caFile,
      apiPrefix: 'TROUPE.API',
      prefix: 'staging',
      topology: 'verify',
      replicas: 3,
      shutdownGraceMs: 2500,
      database: 'postgres://me:secret@db:5432/payments',
      data: '/var/lib/shop',
      inboxDays: 120,
      consoleUrl: 'http://console:3005',
      ledgerUrl: 'http://console.shop:3000',
      traceUrl: 'https://jaeger/trace/{traceId}',
      host: '0.0.0.0',
      port: 0,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const names = [
      'NATS_URL',
      'NATS_NKEY_FILE',
      'NATS_CA_FILE',
      'TROUPE_API_PREFIX',
      'TROUPE_PREFIX',
      'TROUPE_TOPOLOGY',
      'TROUPE_REPLICAS',
      'TROUPE_SHUTDOWN_GRACE_MS',
      'DATABASE_URL',
      'TROUPE_DATA',
      'TROUPE_INBOX_DAYS',
      'TROUPE_CONSOLE_URL',
      'TROUPE_LEDGER_URL',
      'TROUPE_TRACE_URL',
      'HOST',
      'PORT',
    ];
    const settings = readSettings(Object.fromEntries(names.map((name) => [name, ' '])));
    expect(Object.values(settings).filter((value) => value !== undefined)).toEqual([]);
  });

  it.each([
    ['NATS_URL', 'http://broker'],
    ['NATS_NKEY_FILE', '/no/such/file'],
    ['NATS_CA_FILE', '/no/such/file'],
    ['TROUPE_API_PREFIX', 'TROUPE.>'],
    ['TROUPE_PREFIX', 'Staging_1'],
    ['TROUPE_PREFIX', 'evt'],
    ['TROUPE_PREFIX', 'ins'],
    ['TROUPE_TOPOLOGY', 'drop'],
    ['TROUPE_REPLICAS', '0'],
    ['TROUPE_REPLICAS', '2'],
    ['TROUPE_REPLICAS', '7'],
    ['TROUPE_REPLICAS', 'three'],
    ['TROUPE_INBOX_DAYS', '0'],
    ['TROUPE_INBOX_DAYS', '90d'],
    ['TROUPE_SHUTDOWN_GRACE_MS', '10s'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
  ])('refuses %s=%s in a sentence that names it', (name, value) => {
    const refused = refusal({ [name]: value });
    expect(refused.problems).toHaveLength(1);
    expect(refused.message).toContain(name);
    expect(refused.message).toContain(value);
  });

  it.each([
    ['TROUPE_CONSOLE_URL', 'console:3005'],
    ['TROUPE_LEDGER_URL', 'console:3005'],
    ['TROUPE_TRACE_URL', 'nats://jaeger/{traceId}'],
    ['TROUPE_TRACE_URL', 'http://jaeger/trace'],
  ])('refuses %s=%s, which no link or request can be made of', (name, value) => {
    const refused = refusal({ [name]: value });
    expect(refused.problems).toEqual([expect.stringContaining(name)]);
  });

  it('names all that is wrong at once', () => {
    expect(refusal({ PORT: 'http', TROUPE_TOPOLOGY: 'x', TROUPE_PREFIX: '?' }).problems).toHaveLength(3);
  });

  it('shows no password of an address', () => {
    expect(refusal({ NATS_URL: 'http://me:secret@broker' }).message).not.toContain('secret');
    const { message } = refusal({ DATABASE_URL: 'mysql://me:secret@db/payments' });
    expect(message).toMatch(/^DATABASE_URL must be/);
    expect(message).not.toContain('secret');
  });
});

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'file');
  writeFileSync(file, text);
  return file;
}

function refusal(variables: NodeJS.ProcessEnv): SettingError {
  try {
    readSettings(variables);
  } catch (error) {
    if (error instanceof SettingError) return error;
    throw error;
  }
  throw new Error('it was taken');
}
