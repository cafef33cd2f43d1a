import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type ClassValidator, validatorOf } from '@troupe/contract';
import { ProblemException } from './problem.ts';

/** What is read of a Fastify request. */
interface Request {
  readonly headers: { readonly 'content-type'?: string };
  readonly body: unknown;
}

/**
 * The validated body of a request: `place(@BodyOf(PlaceOrder) order: PlaceOrder)`. What is not valid is answered as
 * problem details:
 * - 415: the content type is not JSON
 * - 400: the body is no JSON, empty, or no object
 * - 413: it is larger than the app's `bodyLimit`
 * - 422: fields are wrong or unknown; `errors` has every failing path
 *
 * @throws ContractDefinitionError when the class is declared and cannot be enforced
 */
export function BodyOf(cls: new () => object): ParameterDecorator {
  const validator = validatorOf(cls);
  return createParamDecorator((_: unknown, context: ExecutionContext) =>
    validBody(validator, context.switchToHttp().getRequest<Request>()),
  )();
}

const JSON_TYPE = /^application\/([\w.!#$&^-]+\+)?json\s*(;|$)/i;

function validBody(validator: ClassValidator, { headers, body }: Request): object {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new ProblemException(415, 'The content type of the body must be application/json.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ProblemException(400, 'The body must be a JSON object.');
  }
  const violations = validator.violations(body, 'refuse');
  if (violations.length === 0) {
    validator.fillDefaults(body);
    return Object.setPrototypeOf(body, validator.class.prototype) as object;
  }
  throw new ProblemException(
    422,
    `The body breaks ${violations.length} rule${violations.length === 1 ? '' : 's'}.`,
    violations.map(({ path, rule, message }) => ({ pointer: path, rule, detail: message })),
  );
}
