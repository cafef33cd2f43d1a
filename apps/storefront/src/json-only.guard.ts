import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ProblemException } from '@troupe/nest';

/** Refuses bodies that say they are something else than JSON; Fastify itself reads text, and Nest forms too. */
@Injectable()
export class JsonOnly implements CanActivate {
  /** @throws ProblemException 415 */
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    if (/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return true;
    throw new ProblemException(415, 'The body must be application/json.');
  }
}
