import { Body, Injectable, type PipeTransform } from '@nestjs/common';
import { type ClassValidator, validatorOf } from '@troupe/contract';
import { ProblemException } from './problem.ts';

/**
 * The validated body of a request: `place(@BodyOf(PlaceOrder) order: PlaceOrder)`. A body that is no JSON object is
 * answered with 400, one with wrong or unknown fields with 422 and every failing path.
 * @throws ContractDefinitionError at start, when the class cannot be enforced
 */
export function BodyOf(cls: new () => object): ParameterDecorator {
  return Body(new ValidBody(validatorOf(cls)));
}

@Injectable()
class ValidBody implements PipeTransform<unknown, object> {
  constructor(private readonly validator: ClassValidator) {}

  transform(body: unknown): object {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new ProblemException(400, 'The body must be a JSON object.');
    }
    const violations = this.validator.violations(body, 'refuse');
    if (violations.length === 0) return body;
    throw new ProblemException(
      422,
      `The body breaks ${violations.length} rule${violations.length === 1 ? '' : 's'}.`,
      violations.map(({ path, rule, message }) => ({ pointer: path, rule, detail: message })),
    );
  }
}
