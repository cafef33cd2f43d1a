import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNatsServer } from '@troupe/broker';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { troupeHere } from '../command-line.spec.support.ts';
import { endOf, linesOf, until } from '../workshop.spec.support.ts';
import { here, NODE_COMPILE_CACHE, troupeAmong, troupeIn } from '../workspace/fixture.spec.support.ts';
import type { Finding } from './rule.ts';

interface Answer {
  readonly step: string;
  readonly rules: readonly Finding[];
}

const RUN = [
  ...['--run', `${process.execPath} apps/picking/dist/main.js`],
  ...['--env', `NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE}`],
];
/** Nobody is there: spans are made, and go nowhere. */
const TRACED = ['--env', 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9'];

beforeAll(async () => {
  const projects = ['tools/cli', 'apps/picking'].map((project) => join(here, project));
  await once(execFile(join(here, 'node_modules/.bin/tsc'), ['-b', ...projects]), 'close');
}, 180_000);

describe.concurrent('a step of the order system', () => {
  it('keeps every rule, in a process of its own', { timeout: 400_000 }, async (context) => {
    const ended = await troupeAmong(context, 'conformance', 'picking__pick', ...RUN, ...TRACED, '--json');
    expect(ended.err).not.toContain('TROUPE_');
    const [answer] = linesOf<Answer>(ended);
    expect(answer?.rules.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
    expect(answer?.rules.length).toBeGreaterThan(40);
    expect(ended.code).toBe(0);
  });

  it('is told to break a rule with what was found, and ends with 7', {
    timeout: 400_000,
  }, async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-conformance-'));
    context.onTestFinished(() => rm(folder, { recursive: true }));
    const unknown = join(folder, 'restock.json');
    await writeFile(unknown, JSON.stringify({ fulfilmentId: 'f-1', pickId: 'pick-none' }));
    const data = ['--data', `item.restock.v1=${unknown}`];
    const { code, out } = await troupeAmong(
      context,
      'conformance',
      'picking__restock',
      ...RUN,
      ...data,
      ...['--rule', 'filters', '--rule', 'taken', '--rule', 'output-id'],
    );
    expect(out).toMatch(
      /^RULE +VERDICT +TRIED\nfilters +holds +.+\ntaken +broken +.+\noutput-id +not tried /,
    );
    expect(out).toContain('not tried: output-id: the step sent nothing\n');
    expect(out).toContain('broken: taken: item.restock.v1 was set aside: terminal-error: ');
    expect(out).toMatch(/\npicking__restock: 1 hold, 1 broken, 1 not tried\.\n$/);
    expect(code).toBe(7);
  });

  it('is tried where it runs, without what needs its process', { timeout: 400_000 }, async (context) => {
    const server = await startNatsServer();
    context.onTestFinished(() => server.stop());
    const app = execFile(process.execPath, [join(here, 'apps/picking/dist/main.js')], {
      env: {
        ...process.env,
        LOG_LEVEL: 'info',
        NATS_URL: server.url,
        PORT: '0',
        TROUPE_PREFIX: 'trial',
        TROUPE_DATA: 'memory',
      },
    });
    context.onTestFinished(async () => {
      app.kill('SIGTERM');
      await endOf(app);
    });
    await isRunning(app);
    const asked = ['taken', 'output-subject', 'ack-stored', 'redrive', 'instance', 'kill'];
    const ended = await troupeAmong(
      context,
      ...['conformance', 'picking__pick', '--server', server.url, '--prefix', 'trial', '--json'],
      ...asked.flatMap((rule) => ['--rule', rule]),
    );
    const [answer] = linesOf<Answer>(ended);
    expect(answer?.rules.map(({ rule, verdict }) => [rule, verdict])).toEqual([
      ['taken', 'holds'],
      ['output-subject', 'holds'],
      ['ack-stored', 'not tried'],
      ['redrive', 'holds'],
      ['instance', 'holds'],
      ['kill', 'not tried'],
    ]);
    expect(ended.code).toBe(0);
  });
});

describe('what cannot be tried', () => {
  it.each([
    [
      'a process that ends',
      ['picking__pick', '--run', "sh -c 'echo no license; exit 3'"],
      'exit code 3. It wrote last:\n  no',
    ],
    [
      'no program',
      ['picking__pick', '--run', 'no-such-program'],
      'picking__pick does not run: exit code 127.',
    ],
  ])('ends with 1 for %s, and says what it wrote', async (_, args, sentence) => {
    const { code, err } = await troupeIn(here, 'conformance', ...args);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
    expect(err).toContain('(TROUPE_CLI_STEP)');
  });

  it('ends with 1 where no such step runs', async () => {
    const server = await startNatsServer();
    onTestFinished(() => server.stop());
    const args = ['picking__pick', '--server', server.url];
    const { code, err } = await troupeIn(here, 'conformance', ...args);
    expect(code).toBe(1);
    expect(err).toContain('EVENTS: stream not found');
    expect(
      (await troupeIn(here, 'conformance', 'picking__pick', '--server', 'nats://127.0.0.1:1')).code,
    ).toBe(1);
  });

  it.each([
    [[], 'Say which step'],
    [['picking'], '"picking" is no step'],
    [['picking__pick', ...RUN, '--server', 'nats://127.0.0.1:1'], 'leave out --server, or --run'],
    [['picking__pick', '--env', 'A=1'], '--env is for the process that --run starts'],
    [['picking__pick', ...RUN, '--env', 'A'], '--env A is not <name>=<value>'],
    [['picking__pick', ...RUN, '--rule', 'grace'], 'There is no rule grace; there are durables, '],
    [['picking__pick', ...RUN, '--data', 'item.pick.v1'], '--data item.pick.v1 is not <contract>=<file>'],
  ])('ends with 2 for %j', async (args, sentence) => {
    const { code, err } = await troupeHere({}, 'conformance', ...args);
    expect(err).toContain(sentence);
    expect(code).toBe(2);
  });

  it.each([
    [['picking__dance', ...RUN], 'has no step picking__dance; it has picking__pick, picking__restock'],
    [
      ['picking__pick', ...RUN, '--data', 'item.pick.v1=package.json'],
      'The data of item.pick.v1 breaks it: /',
    ],
  ])('ends with 2 for %j, by what the workspace has', async (args, sentence) => {
    const { code, err } = await troupeIn(here, 'conformance', ...args);
    expect(err).toContain(sentence);
    expect(code).toBe(2);
  });
});

/** It goes on reading: an app that cannot write its log ends. */
async function isRunning({ stdout }: ChildProcess): Promise<void> {
  let log = '';
  stdout?.on('data', (text: string) => {
    log += text;
  });
  await until('the app runs', () => log.includes(' is running'), 180_000);
}
