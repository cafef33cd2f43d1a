import { hash } from 'node:crypto';
import { hostname } from 'node:os';
import { TroupeError, type Violation } from '@troupe/contract';
import { copyId } from '../ids.ts';
import type { Names } from '../naming.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import { copyHeaders, headerText, originHeaders } from './copy.ts';
import type { Delivery } from './delivery.ts';

/** Why a message was set aside. */
export type DeadLetterReason =
  | 'contract-invalid'
  | 'contract-unknown'
  | 'terminal-error'
  | 'retries-exhausted'
  | 'poison';

/** What is known about a failure, for whoever looks at the dead letter. */
export interface DeadLetterContext {
  readonly app: string;
  readonly version: string;
  readonly step: string;
  readonly reason: DeadLetterReason;
  readonly error: Error;
  /** Attempts made, the last included; 0 when the handler was never called. */
  readonly attempts: number;
  /** CloudEvents type, when it could be read. */
  readonly type?: string | undefined;
  readonly violations?: readonly Violation[] | undefined;
}

// Together well under the 64 KiB that a stored message leaves for more headers.
const LIMIT = { type: 256, message: 2_048, stack: 8_192, violations: 8_192 } as const;

/**
 * The full copy for DEAD_LETTERS: bytes and headers untouched, plus the context as `x-` headers. Its message id
 * names the delivery's origin, so that a copy made twice is one.
 */
export function deadLetter(delivery: Delivery, context: DeadLetterContext, names: Names): OutgoingMessage {
  const { info } = delivery;
  const id = copyId(info.stream, info.consumer, info.seq, delivery.carried('x-redrive-count') ?? 0);
  const at = new Date().toISOString();
  const { error } = context;
  const headers = copyHeaders(delivery, [
    ...originHeaders(delivery),
    ['x-dead-letter-reason', context.reason],
    ['x-dlq-app', context.app],
    ['x-dlq-step', context.step],
    ['x-dlq-consumer', info.consumer],
    ['x-dlq-version', headerText(context.version, LIMIT.type)],
    ['x-dlq-host', headerText(hostname(), LIMIT.type)],
    ['x-dlq-error-type', headerText(errorType(error), LIMIT.type)],
    ['x-dlq-error-message', headerText(error.message, LIMIT.message)],
    ['x-dlq-error-stack', headerText(error.stack ?? '', LIMIT.stack)],
    ['x-dlq-fingerprint', fingerprint(context)],
    ...(context.violations === undefined
      ? []
      : [['x-dlq-violations', headerText(violationsJson(context.violations), LIMIT.violations)] as const]),
    ['x-attempt', String(context.attempts)],
    ['x-delivery-count', String(info.deliveries)],
    ['x-first-failed-at', delivery.carried('x-first-failed-at') ?? at],
    ['x-failed-at', at],
    ['Nats-Msg-Id', id],
  ]);
  return {
    subject: names.deadLetterSubject(context.app, context.step),
    messageId: id,
    headers,
    payload: delivery.payload,
  };
}

/** What the failure is grouped by: reason, error class, call site, step and contract. */
function fingerprint({ reason, error, app, step, type }: DeadLetterContext): string {
  return hash(
    'sha256',
    [reason, errorType(error), callSite(error), app, step, type ?? ''].join('\n'),
    'hex',
  ).slice(0, 16);
}

/** The first frame of the stack without position: it survives edits elsewhere in the file. */
function callSite(error: Error): string {
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  return frame
    .trim()
    .replace(/:\d+:\d+\)?$/, '')
    .replace(/\(?(file:\/\/)?[^ (]*[\\/]/, '');
}

function errorType(error: Error): string {
  return error instanceof TroupeError ? error.code : error.name;
}

/** As many violations as fit; the reader is told how many there were. */
function violationsJson(violations: readonly Violation[]): string {
  const shown = violations.slice(0, 50).map(({ path, rule, message }) => ({
    path: path.slice(0, 200),
    rule,
    message: message.slice(0, 200),
  }));
  while (shown.length > 1 && encodeURI(JSON.stringify(shown).toWellFormed()).length > LIMIT.violations - 64)
    shown.pop();
  return JSON.stringify({ total: violations.length, shown });
}
