import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { credits } from './bank.spec.support.ts';
import { embeddedDatabase } from './database/embedded.ts';
import { postgresDatabase } from './database/postgres.ts';
import { tryPostgres } from './postgres.spec.support.ts';
import { bankOf, openTeller, startServer } from './stage.spec.support.ts';
import { until } from './until.spec.support.ts';

vi.setConfig({ testTimeout: 120_000 }); // an embedded database takes seconds to be made, more on a busy machine

const workspace = join(import.meta.dirname, '../../..');
/** What V8 made of the modules: the next process compiles nothing again. */
const NODE_COMPILE_CACHE = join(workspace, 'node_modules/.cache/troupe/compiled');

/** Processes run built, in a second when nothing changed. */
beforeAll(async () => {
  const compiler = execFile(join(workspace, 'node_modules/.bin/tsc'), ['-b', join(workspace, 'libs/inbox')]);
  await once(compiler, 'close');
});

describe('a process that is killed between the commit and the publishing', () => {
  it('leaves one effect, and each output is published once: embedded', async () => {
    const server = await startServer();
    const folder = join(await temporaryFolder(), 'bank');
    const teller = await openTeller(server);
    await teller.ask('ada');

    expect(await exitOf(runBank({ SERVER: server.url, FOLDER: folder, DIES: 'after-commit' }))).toBe(
      'SIGKILL',
    );
    expect(await teller.stored()).toEqual([]);
    const next = runBank({ SERVER: server.url, FOLDER: folder });
    await until('the outputs are stored', async () => (await teller.stored()).length >= 2);
    await teller.ask('ben');
    await until('the next one is done', async () => (await teller.stored()).length >= 4);
    next.kill('SIGTERM');
    expect(await exitOf(next)).toBe(0);

    expect(await teller.stored()).toEqual(['account ada', 'bank ada', 'account ben', 'bank ben']);
    const { inbox } = bankOf(server, embeddedDatabase(folder));
    expect(await credits(inbox)).toEqual(['ada', 'ben']);
    expect(await inbox.database.query('SELECT * FROM troupe.outbox')).toEqual([]);
    await inbox.close();
  });

  it('leaves one effect, and another instance publishes its outputs once: PostgreSQL', async (context) => {
    const url = await postgresUrl(context);
    const server = await startServer();
    const teller = await openTeller(server);
    await teller.ask('ada');

    expect(await exitOf(runBank({ SERVER: server.url, DATABASE: url, DIES: 'after-commit' }))).toBe(
      'SIGKILL',
    );
    expect(await teller.stored()).toEqual([]);
    const others = [
      runBank({ SERVER: server.url, DATABASE: url }),
      runBank({ SERVER: server.url, DATABASE: url }),
    ];
    await until('the outputs are stored', async () => (await teller.stored()).length >= 2);
    await teller.ask('ben');
    await until('the next one is done', async () => (await teller.stored()).length >= 4);
    for (const other of others) other.kill('SIGTERM');
    expect(await Promise.all(others.map(exitOf))).toEqual([0, 0]);

    expect((await teller.stored()).sort()).toEqual(['account ada', 'account ben', 'bank ada', 'bank ben']);
    const { inbox } = bankOf(server, postgresDatabase(url));
    expect(await credits(inbox)).toEqual(['ada', 'ben']);
    expect(await inbox.database.query('SELECT * FROM troupe.outbox')).toEqual([]);
    await inbox.close();
  });
});

describe('a second instance with an embedded database', () => {
  it('refuses to start beside another one, although its folder is its own', async () => {
    const server = await startServer();
    const first = runBank({ SERVER: server.url, FOLDER: join(await temporaryFolder(), 'bank') });
    await until('it is open', () => outputOf(first).includes('open'));
    const second = runBank({ SERVER: server.url, FOLDER: join(await temporaryFolder(), 'bank') });
    expect(await exitOf(second)).toBe(1);
    expect(outputOf(second)).toMatch(
      new RegExp(`^Another instance of bank runs on .*process ${first.pid}.*DATABASE_URL`),
    );
  });

  it('refuses a folder that another process has open, and takes one that a killed process left', async () => {
    const folder = join(await temporaryFolder(), 'bank');
    const [here, elsewhere] = [await startServer(), await startServer()];
    const first = runBank({ SERVER: here.url, FOLDER: folder });
    await until('it is open', () => outputOf(first).includes('open'));
    const second = runBank({ SERVER: elsewhere.url, FOLDER: folder });
    expect(await exitOf(second)).toBe(1);
    expect(outputOf(second)).toMatch(
      new RegExp(`^Process ${first.pid} uses the embedded database in ${folder}`),
    );
    first.kill('SIGKILL');
    await exitOf(first);
    const third = runBank({ SERVER: elsewhere.url, FOLDER: folder });
    await until('it is open', () => outputOf(third).includes('open'));
  });
});

const outputs = new WeakMap<ChildProcess, string[]>();

/** Runs a bank as a process that ends with the test. */
function runBank(variables: NodeJS.ProcessEnv): ChildProcess {
  const main = join(workspace, 'libs/inbox/dist/bank-process.spec.support.js');
  const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE, ...variables };
  const child = spawn(process.execPath, [main], { env });
  const output: string[] = [];
  outputs.set(child, output);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => output.push(bytes.toString()));
  }
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function outputOf(child: ChildProcess): string {
  return outputs.get(child)?.join('') ?? '';
}

async function exitOf(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode ?? child.signalCode;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-inbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function postgresUrl(context: TestContext): Promise<string> {
  const postgres = await tryPostgres();
  if (typeof postgres === 'string') return context.skip(postgres);
  onTestFinished(() => postgres.stop());
  return postgres.urlOf('postgres');
}
