import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type App, NODE_APPS } from './apps.ts';
import { buildApps } from './fixtures/built.ts';

/** Wrong for every app, whichever of its parts reads it. */
const WRONG = {
  LOG_LEVEL: 'loud',
  OTEL_TRACES_SAMPLER: 'some',
  NATS_URL: 'http://broker',
  PORT: 'web',
  TROUPE_TOPOLOGY: 'drop',
  DATABASE_URL_FILE: join(import.meta.dirname, 'no-secret'),
};

/** What one app alone reads. */
const OWN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  payments: { PAYMENT_PROVIDER_URL: 'bank' },
  inventory: { INVENTORY_UNITS: 'many', WAREHOUSE_URL: 'warehouse' },
  shipping: { CARRIER_URL: 'carrier' },
  console: {
    LEDGER_DATABASE_URL: 'mysql://me:secret@db/ledger',
    TROUPE_CHOREOGRAPHY: join(import.meta.dirname, 'none.lock'),
    TROUPE_RETENTION: 'for ever',
    TROUPE_ALERT_AFTER: 'never',
    TROUPE_WEBHOOK_URL: 'hook',
    TROUPE_WEBHOOK_SECRET: 'secret',
  },
};

buildApps();

it.each(NODE_APPS)(
  '$name tells of every wrong variable in one message, and does not start',
  async ({ name, command }) => {
    const wrong = { ...WRONG, ...OWN[name] };
    const { code, stdout, stderr } = await run(command, wrong);
    expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' });
    const [first = '', ...others] = stderr.trimEnd().split('\n');
    expect(first).toMatch(/^TROUPE_SETTING: /);
    const told = [first.replace('TROUPE_SETTING: ', ''), ...others];
    expect(told.map((sentence) => /^[A-Z_]+/.exec(sentence)?.[0]).sort()).toEqual(Object.keys(wrong).sort());
    expect(stderr).not.toContain('me:secret');
  },
);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  [program, ...args]: App['command'],
  variables: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { env: { PATH: process.env.PATH, ...variables } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
