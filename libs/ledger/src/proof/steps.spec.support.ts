import { hash } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContractClass } from '@troupe/contract';
import { type Next, next, RetryAfter, type StepDefinition, TerminalError } from '@troupe/jetstream';
import { JobEnded, JobOpened, JobPlanned, JobRefused } from './jobs.spec.support.ts';

/** One line of a process's journal: what a handler began, or finished and is about to return. */
export interface Line {
  readonly what: 'start' | 'finish';
  readonly step: string;
  readonly id: string;
  /** What the message is by its content: `planned j1 2`. */
  readonly name: string;
  readonly outputs: readonly string[];
}

/** Once it is there, nothing fails for good any more. */
export const MENDED = 'mended';

type Job = { readonly job: string; readonly part?: number };

/** Steps that fail, wait and branch as the message's id has it, and write to a journal in the folder what they do. */
export function jobSteps(folder: string): StepDefinition[] {
  const journal = join(folder, `${process.pid}.journal`);
  const write = (line: Line): void => appendFileSync(journal, `${JSON.stringify(line)}\n`);

  const stepOf = (
    name: string,
    on: readonly ContractClass[],
    emits: readonly ContractClass[],
    outputsOf: (job: Job, random: number) => Next[],
  ): StepDefinition => ({
    name,
    on,
    emits,
    from: 'beginning',
    concurrency: 16,
    retry: { initialDelayMs: 50, maxDelayMs: 200 },
    handle: async (data, { id, type, attempt }) => {
      const job = data as Job;
      const random = Number.parseInt(hash('sha256', `${id} ${name}`, 'hex').slice(0, 8), 16);
      const line = { step: `shop__${name}`, id, name: nameOf(type, job) };
      write({ what: 'start', ...line, outputs: [] });
      await delay(2 + (random % 40));
      if (random % 13 === 0 && !existsSync(join(folder, MENDED))) throw new TerminalError('not yet');
      if (random % 5 === 1 && attempt === 1) throw new Error('no luck');
      if (random % 29 === 2 && attempt === 1) throw new RetryAfter(5_500);
      const outputs = outputsOf(job, random);
      write({
        what: 'finish',
        ...line,
        outputs: outputs.map((output) => nameOf(typeOf(output.contract), output.data as Job)),
      });
      return outputs;
    },
  });

  return [
    stepOf('plan', [JobOpened], [JobPlanned, JobRefused], ({ job }, random) => {
      if (random % 7 === 3) return [next(JobRefused, { job })];
      return Array.from({ length: 1 + (random % 3) }, (_, part) =>
        next(JobPlanned, { job, part }, { key: `${part}` }),
      );
    }),
    stepOf('note', [JobOpened], [], () => []),
    stepOf('work', [JobPlanned], [JobEnded], ({ job, part = 0 }) => [next(JobEnded, { job, part })]),
    stepOf('tell', [JobRefused, JobEnded], [], () => []),
  ];
}

function typeOf(contract: ContractClass): string {
  return contract === JobEnded
    ? 'job.ended.v1'
    : contract === JobPlanned
      ? 'job.planned.v1'
      : 'job.refused.v1';
}

function nameOf(type: string, { job, part }: Job): string {
  return `${type} ${job} ${part ?? ''}`;
}
