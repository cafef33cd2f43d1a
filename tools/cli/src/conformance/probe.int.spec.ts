import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { BusinessKey, Contract, contractOf, Example, Sensitive } from '@troupe/contract';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from './probe.ts';
import type { Finding } from './rule.ts';
import { RULES } from './rules.ts';
import { Samples } from './samples.ts';
import { openStage } from './stage/open.ts';
import { subjectNamed } from './subject.ts';

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
const workspace = {
  folder: '.',
  contracts,
  apps: [{ app: 'maker', produces: [], steps: [make], flows: [] }],
};
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

/** What is found of a step on nothing but a NATS client, which keeps all rules but one. */
async function found(fault: string | undefined, ids: readonly string[]): Promise<Finding[]> {
  const command = `${process.execPath} ${join(import.meta.dirname, 'crooked/main.spec.support.ts')}`;
  const { stage, close } = await openStage(subjectNamed('maker__make'), workspace, {
    url: server.url,
    prefix: `p${++environments}`,
    samples: new Samples(new Map()),
    answerMs: fault === undefined ? 45_000 : 3_000,
    run: {
      command,
      inherited: process.env,
      env: { FAULT: fault },
      folder: await mkdtemp(join(folder, 'step-')),
      streams: SMALL,
    },
  });
  try {
    const rules = RULES.filter(({ id }) => ids.includes(id));
    return await probe(stage, rules, () => {}, new AbortController().signal);
  } finally {
    await close();
  }
}

describe('a step that keeps the wire', () => {
  it('is found to keep every rule', { timeout: 240_000 }, async () => {
    const findings = await found(undefined, ids);
    expect(findings.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toEqual(ids);
  });
});

describe.concurrent('a step that breaks one rule', () => {
  it.each(ids)('is found to break %s', { timeout: 180_000 }, async (rule) => {
    const [finding, ...others] = await found(rule, [rule]);
    expect(finding).toMatchObject({ rule, verdict: 'broken' });
    expect(finding?.found.join()).not.toBe('');
    expect(others).toEqual([]);
  });
});

it('is documented, rule by rule', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../../docs/reference/conformance.md'), 'utf8');
  expect([...page.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, id]) => id)).toEqual(ids);
});
