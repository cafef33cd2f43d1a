import { hash } from 'node:crypto';
import { hostname } from 'node:os';
import { TroupeError, type Violation } from '@troupe/contract';
import { copyId } from '../ids.ts';
import type { Names } from '../naming.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import { boundedHeaders, headerText, type Line, type Original, originHeaders } from './copy.ts';

/** Why a message was set aside. */
export type DeadLetterReason =
  | 'contract-invalid'
  | 'contract-unknown'
  | 'upcast-failed'
  | 'terminal-error'
  | 'retries-exhausted'
  | 'poison'
  | 'max-deliveries';

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
  /** Paths of the contract's sensitive fields; undefined when the contract is not known. */
  readonly sensitive?: readonly string[] | undefined;
}

// Together well under the 64 KiB that a stored message leaves for more headers, and that the broker stores at all.
const LIMIT = { type: 256, message: 2_048, stack: 8_192, violations: 8_192, sensitive: 4_096 } as const;

/**
 * The full copy for DEAD_LETTERS: bytes and headers untouched, plus the context as `x-` headers. Its message id
 * names the delivery's origin, so that a copy made twice is one.
 */
export function deadLetter(delivery: Original, context: DeadLetterContext, names: Names): OutgoingMessage {
  const { info } = delivery;
  const id = copyId(info.stream, info.consumer, info.seq, delivery.carried('x-redrive-count') ?? 0);
  const at = new Date().toISOString();
  const { error } = context;
  const added: Line[] = [
    ...originHeaders(delivery),
    ['x-dead-letter-reason', context.reason],
    ['x-dlq-app', context.app],
    ['x-dlq-step', context.step],
    ['x-dlq-consumer', info.consumer],
    ['x-dlq-version', headerText(context.version, LIMIT.type)],
    ['x-dlq-host', headerText(hostname(), LIMIT.type)],
    ['x-dlq-error-type', headerText(errorType(error), LIMIT.type)],
    ['x-dlq-fingerprint', fingerprint(context)],
    ['x-attempt', String(context.attempts)],
    ['x-delivery-count', String(info.deliveries)],
    ['x-first-failed-at', delivery.carried('x-first-failed-at') ?? at],
    ['x-failed-at', at],
    ['Nats-Msg-Id', id],
  ];
  const { violations, sensitive } = context;
  const goodToKnow: Line[] = [
    ...(sensitive === undefined ? [] : [sensitiveLine(sensitive)]),
    ['x-dlq-error-message', headerText(error.message, LIMIT.message)],
    violations === undefined
      ? ['x-dlq-error-stack', headerText(error.stack ?? '', LIMIT.stack)]
      : ['x-dlq-violations', violationsJson(violations)],
  ];
  const headers = boundedHeaders(delivery, added, goodToKnow);
  return {
    subject: names.deadLetterSubject(context.app, context.step),
    messageId: id,
    headers,
    payload: delivery.payload,
  };
}

/** Cut, or left out, it cannot be read, and then the payload is shown to nobody. */
function sensitiveLine(paths: readonly string[]): Line {
  return ['x-dlq-sensitive', headerText(JSON.stringify(paths), LIMIT.sensitive)];
}

/** What the failure is grouped by: reason, error class, step, contract, and the call site or the broken rules. */
function fingerprint({ reason, error, app, step, type, violations }: DeadLetterContext): string {
  const where = violations === undefined ? callSite(error) : brokenRules(violations);
  return hash('sha256', [reason, errorType(error), where, app, step, type ?? ''].join('\n'), 'hex').slice(
    0,
    16,
  );
}

function brokenRules(violations: readonly Violation[]): string {
  return violations
    .slice(0, 5)
    .map(({ path, rule }) => `${path.replace(/\/\d+/g, '/*')} ${rule}`)
    .join('\n');
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
  return headerText(JSON.stringify({ total: violations.length, shown }), LIMIT.violations);
}
