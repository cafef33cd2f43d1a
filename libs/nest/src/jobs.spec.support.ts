import 'reflect-metadata';
import { Contract } from '@troupe/contract';
import { IsInt, IsString } from 'class-validator';

@Contract({ type: 'job.asked', version: 1, kind: 'event', owner: 'office' })
export class JobAsked {
  @IsInt()
  number!: number;

  /** How long it takes, in ms. */
  @IsInt()
  takes!: number;
}

@Contract({ type: 'job.done', version: 1, kind: 'event', owner: 'workshop' })
export class JobDone {
  @IsInt()
  number!: number;
}

@Contract({ type: 'job.failed', version: 1, kind: 'event', owner: 'workshop' })
export class JobFailed {
  @IsString()
  reason!: string;
}

@Contract({ type: 'job.stop', version: 1, kind: 'command', owner: 'workshop' })
export class StopJob {
  @IsInt()
  number!: number;
}

const MIB = 1024 * 1024;

/** The server sets aside what a stream may hold. */
export const SMALL_STREAMS = {
  eventsMaxBytes: 64 * MIB,
  deadLettersMaxBytes: 8 * MIB,
  noticesMaxBytes: 8 * MIB,
};
