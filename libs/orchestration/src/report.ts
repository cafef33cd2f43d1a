import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Min,
  ValidateNested,
} from 'class-validator';

/** As the ledger calls a flow; `unknown` when it could not be asked, or does not know the flow (yet). */
export const REPORTED_STATES = ['running', 'completed', 'stalled', 'failed', 'unknown'] as const;
export type ReportedState = (typeof REPORTED_STATES)[number];

/** An event that ended the flow, or one of its branches. */
export class ReportedEnd {
  /** Contract id: `parcel.delivered.v1`. */
  @IsString()
  contract!: string;

  @IsString()
  messageId!: string;

  @IsOptional()
  @IsString()
  source?: string;

  @IsOptional()
  @IsString()
  at?: string;

  /** Only when it was asked for, which is at the deadline of a hand-off; a record does not keep it. */
  @IsOptional()
  @IsObject()
  data?: object;
}

/** How long messages took in a step, in ms. */
export class ReportedTime {
  @IsNumber()
  median!: number;

  @IsNumber()
  max!: number;
}

/** What one step did in the flow. */
export class ReportedStep {
  /** Durable name: `carrier__sort`. */
  @IsString()
  step!: string;

  @IsInt()
  @Min(0)
  messages!: number;

  @IsInt()
  @Min(0)
  done!: number;

  @IsOptional()
  @IsInt()
  waiting?: number;

  @IsOptional()
  @IsInt()
  retries?: number;

  @IsOptional()
  @IsInt()
  deadLetters?: number;

  /** Missing where no time is known. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ReportedTime)
  timeMs?: ReportedTime;
}

/** A message of the flow that was set aside. */
export class ReportedLetter {
  @IsString()
  step!: string;

  @IsString()
  reason!: string;

  @IsOptional()
  @IsString()
  messageId?: string;

  @IsOptional()
  @IsString()
  at?: string;
}

export class ReportedBranches {
  @IsInt()
  total!: number;

  @IsInt()
  open!: number;
}

/** How far the ledger was when it told it. */
export class ReportedAsOf {
  @IsNumber()
  behindMs!: number;

  @IsOptional()
  @IsString()
  at?: string;
}

/**
 * What the ledger tells of a flow that was handed off: steps taken, branches, failures, times. It is told beside the
 * completion and decides nothing: where something is not known, it is missing, and `lacks` says why.
 */
export class CompletionReport {
  @IsString()
  flowId!: string;

  @IsOptional()
  @IsString()
  parentFlowId?: string;

  @IsIn(REPORTED_STATES)
  state!: ReportedState;

  @IsOptional()
  @IsString()
  startedAt?: string;

  @IsOptional()
  @IsString()
  endedAt?: string;

  @IsOptional()
  @IsNumber()
  durationMs?: number;

  /** More than one when the remote flow branches: the first that came completed the hand-off. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ReportedEnd)
  ends!: ReportedEnd[];

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ReportedStep)
  steps!: ReportedStep[];

  @IsOptional()
  @ValidateNested()
  @Type(() => ReportedBranches)
  branches?: ReportedBranches;

  @IsOptional()
  @IsInt()
  retries?: number;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ReportedLetter)
  deadLetters!: ReportedLetter[];

  @IsOptional()
  @ValidateNested()
  @Type(() => ReportedAsOf)
  asOf?: ReportedAsOf;

  /** One sentence for each thing that is not known: `the ledger did not answer within 2 s`. */
  @IsArray()
  @IsString({ each: true })
  lacks!: string[];
}

/** The report of a flow of which nothing can be told. */
export function emptyReport(flowId: string, lacks: string): CompletionReport {
  return { flowId, state: 'unknown', ends: [], steps: [], deadLetters: [], lacks: [lacks] };
}
