import { type EffectsKey, type OutgoingMessage, Runtime } from '@troupe/jetstream';
import { credit, migrations, SMALL_STREAMS } from './bank.spec.support.ts';
import type { Transaction } from './database/database.ts';
import { embeddedDatabase } from './database/embedded.ts';
import { postgresDatabase } from './database/postgres.ts';
import { Inbox } from './inbox.ts';

/** The process that `crash.int.spec.ts` runs: a bank, which dies after its first commit when it is told to. */
class MortalInbox extends Inbox {
  override async process(
    key: EffectsKey,
    work: (transaction: Transaction) => Promise<readonly OutgoingMessage[]>,
  ): Promise<readonly OutgoingMessage[]> {
    const unpublished = await super.process(key, work);
    if (process.env.DIES === 'after-commit') process.kill(process.pid, 'SIGKILL');
    return unpublished;
  }
}

const { DATABASE, FOLDER, SERVER } = process.env;
const database = DATABASE === undefined ? embeddedDatabase(FOLDER ?? 'memory') : postgresDatabase(DATABASE);
const inbox = new MortalInbox(database, { app: 'bank', migrations });
const runtime = new Runtime({
  app: 'bank',
  version: '1.0.0',
  connection: { servers: SERVER ?? '' },
  streams: SMALL_STREAMS,
  steps: [credit(inbox)],
});
process.once('SIGTERM', () => void runtime.stop().then(() => process.exit(0)));
await runtime.start().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
});
process.stdout.write('open\n');
