import { Contract, Example } from '@troupe/contract';
import type { CommandLetter } from '@troupe/jetstream';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

const owner = 'troupe';

/** The time came for which an instance asked to be woken: a timer or a deadline may be due. */
@Contract({
  type: 'orchestration.wake',
  version: 1,
  kind: 'event',
  owner,
  description: 'A timer or a deadline of an orchestration may be due.',
})
export class OrchestrationWake {
  /** The time it asked for. */
  @IsISO8601()
  @Example('2026-11-26T09:00:00.000Z')
  at!: string;
}

/** What a person may ask of an instance. */
export const REQUESTS = ['retry', 'skip', 'compensate', 'cancel'] as const;
export type RequestKind = (typeof REQUESTS)[number];

/** The answer that a skipped command is to be taken for. */
export class SkippedWith {
  /** Contract id: `station.reserved.v1`. */
  @IsString()
  @Example('station.reserved.v1')
  contract!: string;

  @IsObject()
  @Example({ station: 'north-3' })
  data!: object;
}

/** A person asks something of an instance. */
@Contract({
  type: 'orchestration.request',
  version: 1,
  kind: 'event',
  owner,
  description:
    'A person asks an orchestration to retry, to skip a command, to compensate or to be cancelled.',
})
export class OrchestrationRequest {
  @IsIn(REQUESTS)
  @Example('retry')
  kind!: RequestKind;

  /** Name of the failed command that it is about. Default: all that failed. */
  @IsOptional()
  @IsString()
  @MaxLength(256)
  @Example('station.reserve')
  command?: string;

  /** For `skip`. */
  @IsOptional()
  @ValidateNested()
  @Type(() => SkippedWith)
  answer?: SkippedWith;

  /** Who asks. */
  @IsOptional()
  @IsString()
  @MaxLength(256)
  @Example('ada')
  by?: string;
}

/** Where a dead letter stands. */
class LetterPlace {
  @IsString()
  @Example('DEAD_LETTERS')
  stream!: string;

  @IsInt()
  @Min(1)
  @Example(17)
  seq!: number;
}

/** A command of an instance was dead-lettered by the step that handles it. */
@Contract({
  type: 'orchestration.letter',
  version: 1,
  kind: 'event',
  owner,
  description: 'A command of an orchestration was dead-lettered.',
})
export class OrchestrationLetter implements CommandLetter {
  @IsString()
  @Example('Zm9vYmFyYmF6cXV4Zm9vYg')
  commandId!: string;

  @IsString()
  @Example('station.reserve.v1')
  contract!: string;

  @IsString()
  @Example('retries-exhausted')
  reason!: string;

  @IsString()
  @Example('The database is away.')
  error!: string;

  @IsString()
  @Example('o-1001')
  flowId!: string;

  @ValidateNested()
  @Type(() => LetterPlace)
  letter!: LetterPlace;
}
