import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { TroupeError } from '@troupe/contract';
import {
  BrokerUnavailableError,
  EffectsUnavailableError,
  MessageTooLargeError,
  NoQuorumError,
  NoStreamError,
  PublishTimeoutError,
  StreamFullError,
} from '@troupe/jetstream';
import { type ProblemDetail, ProblemException, titleOf } from './problem.ts';

/** What the filter needs of a Fastify request and reply. */
interface Request {
  readonly url: string;
}
interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): unknown;
}

/** Seconds after which a refused request may be sent again. */
const RETRY_AFTER_S = 2;

/** Answers every error of an HTTP handler as problem details (RFC 9457); what nobody expected is logged and hidden. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw thrown; // a step's: the runtime decides
    const http = host.switchToHttp();
    const { url } = http.getRequest<Request>();
    const body = bodyOf(thrown);
    if ('healthy' in body) return void http.getResponse<Reply>().status(body.status).send(body.healthy);
    if (body.status === 500) this.#log.error(`${url}: ${thrown instanceof Error ? thrown.stack : thrown}`);
    const reply = http
      .getResponse<Reply>()
      .status(body.status)
      .header('content-type', 'application/problem+json');
    if (body.status === 503) reply.header('retry-after', String(RETRY_AFTER_S));
    const instance = url.split('?', 1)[0] ?? url;
    reply.send(JSON.stringify({ ...body, instance } satisfies ProblemDetail));
  }
}

function bodyOf(thrown: unknown): ProblemDetail | { status: number; healthy: unknown } {
  if (thrown instanceof ProblemException) {
    const { detail, errors, code } = thrown;
    return problem(thrown.getStatus(), detail, { ...(code && { code }), ...(errors && { errors }) });
  }
  if (thrown instanceof HttpException) {
    const response = thrown.getResponse();
    // A failed health check is an answer of its own form, not a problem with the request.
    if (isHealthReport(response)) return { status: thrown.getStatus(), healthy: response };
    return problem(thrown.getStatus(), detailOf(thrown, response));
  }
  if (isUnavailable(thrown)) return problem(503, thrown.message, { code: thrown.code });
  if (thrown instanceof MessageTooLargeError) return problem(413, thrown.message, { code: thrown.code });
  const status = clientStatus(thrown);
  if (status !== undefined) return problem(status, (thrown as Error).message);
  return problem(500, 'The app failed on this request; its log says why.', {
    ...(thrown instanceof TroupeError && { code: thrown.code }),
  });
}

function problem(status: number, detail: string, more: Partial<ProblemDetail> = {}): ProblemDetail {
  return { type: 'about:blank', title: titleOf(status), status, detail, ...more };
}

/** What the broker does not take now; the same request may succeed later. */
const UNAVAILABLE = [
  BrokerUnavailableError,
  EffectsUnavailableError,
  NoStreamError,
  NoQuorumError,
  StreamFullError,
  PublishTimeoutError,
];

function isUnavailable(error: unknown): error is TroupeError {
  return UNAVAILABLE.some((unavailable) => error instanceof unavailable);
}

/** Nest's own pipes list what is wrong in the response, and say only the status in the message. */
function detailOf(thrown: HttpException, response: unknown): string {
  const { message } = (typeof response === 'object' && response !== null ? response : {}) as {
    message?: unknown;
  };
  return Array.isArray(message) ? message.join('; ') : thrown.message;
}

/** The status that Fastify gives a request it cannot read: too large, no JSON, an unknown media type. */
function clientStatus(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { statusCode } = thrown as Error & { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

function isHealthReport(response: unknown): boolean {
  return typeof response === 'object' && response !== null && 'status' in response && 'details' in response;
}
