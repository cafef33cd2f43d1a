import { join, resolve } from 'node:path';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type Settings, TROUPE_OPTIONS, TROUPE_SETTINGS } from '@troupe/nest';
import { expect, it } from 'vitest';
import { InboxModule } from './inbox.module.ts';
import { Inbox } from './inbox.ts';

it.each<[string, Settings, string]>([
  ['a folder of its own below the working folder', {}, `embedded, in ${resolve('.troupe/data/bank')}`],
  ['the folder that TROUPE_DATA names', { data: '/data' }, `embedded, in ${join('/data', 'bank')}`],
  ['another one in another environment', { data: '/data', prefix: 'dev' }, 'embedded, in /data/dev_bank'],
  ['nothing that stays', { data: 'memory' }, 'embedded, in memory'],
  [
    'the PostgreSQL that DATABASE_URL names, shown without its password',
    { data: '/data', database: 'postgres://me:secret@db.example.com:5433/bank' },
    'PostgreSQL at db.example.com:5433/bank',
  ],
])('keeps effects in %s', async (_, settings, where) => {
  @Module({
    providers: [
      { provide: TROUPE_OPTIONS, useValue: { app: 'bank' } },
      { provide: TROUPE_SETTINGS, useValue: settings },
    ],
    exports: [TROUPE_OPTIONS, TROUPE_SETTINGS],
  })
  class Surroundings {}

  const inbox = InboxModule.forRoot();
  const module = await Test.createTestingModule({
    imports: [{ ...inbox, imports: [Surroundings] }],
  }).compile();
  expect(module.get(Inbox).database.where).toBe(where);
  await module.close();
});
