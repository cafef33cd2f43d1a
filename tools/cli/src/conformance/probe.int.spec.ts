import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { BusinessKey, Contract, contractOf, Example, Sensitive } from '@troupe/contract';
import type { StepDescription } from '@troupe/nest';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from './probe.ts';
import type { Finding } from './rule.ts';
import { RULES } from './rules.ts';
import { Samples } from './samples.ts';
import { openStage } from './stage/open.ts';
import { type Declarations, subjectNamed } from './subject.ts';

@Contract({ type: 'job.requested', version: 1, kind: 'event', owner: 'office', partitionKey: 'jobId' })
class JobRequested {
  @IsString()
  @BusinessKey()
  @Example('j-1')
  jobId!: string;

  @IsInt()
  @Example(3)
  size!: number;

  @IsOptional()
  @IsString()
  @Sensitive()
  secret?: string;
}

@Contract({ type: 'job.done', version: 1, kind: 'event', owner: 'maker', partitionKey: 'jobId' })
class JobDone {
  @IsString()
  @Example('j-1')
  jobId!: string;

  @IsInt()
  @Example(3)
  size!: number;
}

const contracts = [contractOf(JobRequested), contractOf(JobDone)];
const make = {
  name: 'maker__make',
  consumes: [contracts[0]!],
  emits: [contracts[1]!],
  from: 'beginning',
} as const;
const workspaceWith = (...steps: readonly StepDescription[]): Declarations => ({
  folder: '.',
  contracts,
  apps: steps.length === 0 ? [] : [{ app: 'maker', produces: [], steps, flows: [] }],
});
const MIB = 1024 * 1024;
const SMALL = { eventsMaxBytes: 32 * MIB, deadLettersMaxBytes: 16 * MIB, noticesMaxBytes: 4 * MIB };
const ids = RULES.map(({ id }) => id);

let server: NatsServer;
let folder: string;
beforeAll(async () => {
  server = await startNatsServer();
  folder = await mkdtemp(join(tmpdir(), 'troupe-conformance-'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

let environments = 0;

interface Trial {
  readonly rules: readonly string[];
  /** The one rule that the step breaks. Default: none. */
  readonly fault?: string;
  /** What else the step's process gets to know. */
  readonly env?: NodeJS.ProcessEnv;
  readonly workspace?: Declarations;
}

/** What is found of a step on nothing but a NATS client. */
async function found({ rules, fault, env = {}, workspace = workspaceWith(make) }: Trial): Promise<Finding[]> {
  const command = `${process.execPath} ${join(import.meta.dirname, 'crooked/main.spec.support.ts')}`;
  const { stage, close } = await openStage(subjectNamed('maker__make'), workspace, {
    url: server.url,
    prefix: `p${++environments}`,
    samples: new Samples(new Map()),
    answerMs: fault === undefined ? 45_000 : 3_000,
    run: {
      command,
      inherited: process.env,
      env: { ...env, FAULT: fault },
      folder: await mkdtemp(join(folder, 'step-')),
      streams: SMALL,
    },
  });
  try {
    const asked = RULES.filter(({ id }) => rules.includes(id));
    return await probe(stage, asked, () => {}, new AbortController().signal);
  } finally {
    await close();
  }
}

describe.concurrent('a step that keeps the wire', () => {
  it('is found to keep every rule', { timeout: 240_000 }, async () => {
    const findings = await found({ rules: ids });
    expect(findings.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toEqual(ids);
  });
});

describe.concurrent('a step that breaks one rule', () => {
  // The last ones wait for the broker to give messages again: they begin first.
  it.each(ids.toReversed())('is found to break %s', { timeout: 180_000 }, async (rule) => {
    const [finding, ...others] = await found({ rules: [rule], fault: rule });
    expect(finding).toMatchObject({ rule, verdict: 'broken' });
    expect(finding?.found.join()).not.toBe('');
    expect(others).toEqual([]);
  });
});

describe.concurrent('a step that begins with what comes next', () => {
  const trial = {
    rules: ['start', 'taken'],
    env: { FROM: 'now' },
    workspace: workspaceWith({ ...make, from: 'now' }),
  };

  it('keeps that', { timeout: 60_000 }, async () => {
    const findings = await found(trial);
    expect(findings.map(({ verdict }) => verdict)).toEqual(['holds', 'holds']);
  });

  it('breaks it by taking what was there before', { timeout: 60_000 }, async () => {
    const [start] = await found({ ...trial, fault: 'start' });
    expect(start).toMatchObject({ rule: 'start', verdict: 'broken' });
  });
});

describe.concurrent('a step of an app that the workspace does not have', () => {
  it('is taken for what it says of itself', { timeout: 60_000 }, async () => {
    const trial = { rules: ['manifest', 'start', 'taken', 'declared'], workspace: workspaceWith() };
    const findings = await found(trial);
    expect(findings.map(({ verdict }) => verdict)).toEqual(['holds', 'not tried', 'holds', 'holds']);
  });

  it('cannot be tried without its contracts', { timeout: 60_000 }, async () => {
    const workspace = { ...workspaceWith(), contracts: [] };
    await expect(found({ rules: ['taken'], workspace })).rejects.toMatchObject({
      code: 'TROUPE_CLI_WORKSPACE',
      message: '. has no contract job.requested.v1, which maker__make names.',
    });
  });
});

it('is documented, rule by rule', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../../docs/reference/conformance.md'), 'utf8');
  expect([...page.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, id]) => id)).toEqual(ids);
});
