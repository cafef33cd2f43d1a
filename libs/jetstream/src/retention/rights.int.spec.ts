import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AUTHOR, connectionTo, Surgery } from '../dead-letters/surgery.spec.support.ts';
import { startServer, until } from '../fixtures.spec.support.ts';
import { prune } from './prune.ts';
import { old, recordsOf, STREAMS } from './retained.spec.support.ts';

const GUIDE = join(import.meta.dirname, '../../../../docs/guides/retention.md');

/** The rights that the guide lists, for an app and with the environment's prefix. */
async function rightsFor(prefix: string, app: string): Promise<string[]> {
  const [, list = ''] = /```text\n(\$JS[^`]*)```/.exec(await readFile(GUIDE, 'utf8')) ?? [];
  const rights = list.trim().split('\n');
  expect(rights.length).toBeGreaterThan(10);
  return rights
    .map((right) => right.replace('<app>', app))
    .map((right) => right.replace(/EVENTS|NOTICES|DELAYED_|DEAD_LETTERS|ops_dead/, `${prefix}_$&`));
}

it('a prune needs no other rights than the guide says', async () => {
  const rights = await rightsFor('t1', 'shop');
  const users = `[{ user: app, password: app }, { user: pruner, password: pruner,
    permissions: { publish: ${JSON.stringify(rights)}, subscribe: ["_INBOX.>"] } }]`;
  const server = await startServer({ configExtra: `authorization { users: ${users} }\nno_auth_user: app` });
  const surgery = await Surgery.on(server, {}, STREAMS);
  const { manager, names, prefix } = surgery.stage;
  expect(prefix).toBe('t1');
  await surgery.deadLetter('1', '2');
  surgery.broken = false;
  await surgery.letters.archive({ seqs: [1] }, AUTHOR);
  await surgery.letters.redrive({ filter: {} }, AUTHOR);
  await old(surgery.stage);
  const connection = connectionTo({ url: server.url.replace('//', '//pruner:pruner@') });
  for (const dryRun of [true, false]) {
    const prunings = await prune(connection, names, { olderThanMs: 1, dryRun });
    const counts = prunings.map(({ stream, messages }) => [stream.slice(prefix.length + 1), messages]);
    expect(Object.fromEntries(counts)).toMatchObject({ EVENTS: 2, DELAYED_shop: 1, DEAD_LETTERS: 1 });
  }
  await until('the records are removed', async () => {
    await prune(connection, names, { olderThanMs: 1 });
    return (await manager.streams.info(recordsOf(names))).state.messages === 2;
  });
});
