import { randomBytes } from 'node:crypto';
import type { Instrumentation, ProcessObservation } from '@troupe/jetstream';

/** Gives messages traces as telemetry does, and makes no span: what is delivered again begins a trace of its own. */
export const tracing: Instrumentation = {
  process: (_step, { traceparent }, redelivered) =>
    new Traced(redelivered || traceparent === undefined ? newTrace() : traceparent),
  send: (_app, _message, cause) => {
    const traceparent = cause instanceof Traced ? cause.traceparent : newTrace();
    return { headers: { traceparent }, end: () => {} };
  },
};

class Traced implements ProcessObservation {
  constructor(readonly traceparent: string) {}

  run<T>(handler: () => T): T {
    return handler();
  }

  end(): void {}
}

function newTrace(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
