import { type ProblemDetailError, ProblemException } from '@troupe/nest';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { SkippedWith } from '../direct.ts';
import type { Face } from './face.ts';

const LONGEST = 256;

/** Body of `POST …/compensate`. */
export class CompensateBody {
  /** Who asks, for the record. Default: nobody is named. */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST)
  by?: string;
}

/** Body of `POST …/retry`. */
export class RetryBody extends CompensateBody {
  /** Name of the failed command. Default: all that failed. */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST)
  command?: string;
}

/** Body of `POST …/skip`. */
export class SkipBody extends CompensateBody {
  /** Name of the failed command. Default: the one that failed. */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST)
  command?: string;

  /** What it is taken to be answered with. Left out when the machine itself failed: what it failed on is skipped. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SkippedWith)
  answer?: SkippedWith;
}

/**
 * The instance checks the answer once more; who skips hears at once what is wrong with it.
 * @throws ProblemException 422
 */
export function assertAnswer(face: Face, { answer }: SkipBody): void {
  if (answer === undefined) return;
  const { contract: id, data } = answer;
  const contract = face.contracts.get(id);
  const wrong = (detail: string, errors: readonly ProblemDetailError[]) =>
    new ProblemException(422, detail, errors);
  if (contract === undefined) {
    const detail = `No command of ${face.name} is answered by ${id}.`;
    throw wrong(detail, [{ pointer: '/answer/contract', rule: 'answer', detail }]);
  }
  const violations = contract.violationsOfProduced(data);
  if (violations.length === 0) return;
  const errors = contract.mask
    .violations(violations, data)
    .map(({ path, rule, message }) => ({ pointer: `/answer/data${path}`, rule, detail: message }));
  throw wrong(`The answer breaks ${id}.`, errors);
}
