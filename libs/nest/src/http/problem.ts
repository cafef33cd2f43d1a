import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';

/** One thing that is wrong with a request. */
export interface ProblemDetailError {
  /** JSON Pointer (RFC 6901) into the body; `''` is the whole of it. */
  readonly pointer: string;
  /** The broken rule, by class-validator's name. */
  readonly rule: string;
  /** A sentence for people. */
  readonly detail: string;
}

/** Problem details for HTTP APIs (RFC 9457), media type `application/problem+json`. */
export interface ProblemDetail {
  /** `about:blank`: the status says what kind of problem it is. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** Path of the request. */
  readonly instance?: string;
  /** Stable code, where the platform has one: docs/reference/errors.md. */
  readonly code?: string;
  readonly errors?: readonly ProblemDetailError[];
}

/** Thrown by a controller that knows what is wrong; answered as problem details. */
export class ProblemException extends HttpException {
  constructor(
    status: number,
    /** What happened and what to do, for a person. */
    readonly detail: string,
    readonly errors?: readonly ProblemDetailError[],
    /** Default: none. */
    readonly code?: string,
  ) {
    super(detail, status);
  }
}

/** The standard phrase of a status: `Unprocessable Entity`. */
export function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}
