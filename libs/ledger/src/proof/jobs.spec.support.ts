import 'reflect-metadata';
import { Contract } from '@troupe/contract';
import { IsInt, IsOptional, IsString } from 'class-validator';
import type { Choreography } from '../model/choreography.ts';

/** A job that is planned into parts, or refused; each part is worked on, and every end is told. */
class Job {
  @IsString()
  job!: string;

  @IsOptional()
  @IsInt()
  part?: number;
}

@Contract({ type: 'job.opened', version: 1, kind: 'event', owner: 'shop' })
export class JobOpened extends Job {}

@Contract({ type: 'job.planned', version: 1, kind: 'event', owner: 'shop' })
export class JobPlanned extends Job {}

@Contract({ type: 'job.refused', version: 1, kind: 'event', owner: 'shop' })
export class JobRefused extends Job {}

@Contract({ type: 'job.ended', version: 1, kind: 'event', owner: 'shop' })
export class JobEnded extends Job {}

const ids = ['job.opened.v1', 'job.planned.v1', 'job.refused.v1', 'job.ended.v1'];

export const JOBS: Choreography = {
  format: 1,
  contracts: ids.map((id) => ({ id, kind: 'event' })),
  apps: [
    {
      app: 'shop',
      steps: [
        { step: 'shop__plan', consumes: ['job.opened.v1'], emits: ids.slice(1, 3), from: 'beginning' },
        { step: 'shop__note', consumes: ['job.opened.v1'], emits: [], from: 'beginning' },
        { step: 'shop__work', consumes: ['job.planned.v1'], emits: ['job.ended.v1'], from: 'beginning' },
        { step: 'shop__tell', consumes: ['job.refused.v1', 'job.ended.v1'], emits: [], from: 'beginning' },
      ],
      flows: [{ starts: 'job.opened.v1', ends: ['job.refused.v1', 'job.ended.v1'] }],
    },
  ],
};
