import {
  type CloudEvent,
  ContractViolationError,
  type DecodedMessage,
  decodeMessage,
  MessageFormatError,
  UpcastError,
  type Violation,
} from '@troupe/contract';
import type { Delivery } from './delivery.ts';
import type { Content } from './work.ts';

/** A message as the handler gets it, or why it gets none. */
export type Received =
  | { readonly kind: 'taken'; readonly event: CloudEvent; readonly data: object }
  /** The step handles the fact as another message, of another major. */
  | { readonly kind: 'elsewhere'; readonly event: CloudEvent }
  | {
      readonly kind: 'broken';
      readonly reason: 'contract-invalid' | 'contract-unknown' | 'upcast-failed';
      readonly event: CloudEvent | undefined;
      readonly error: ContractViolationError | UpcastError;
    };

/**
 * Decodes a delivery, holds it against its contract, and makes it the major that the step handles. `content` is what
 * its consumer may deliver.
 */
export function receive(delivery: Delivery, { accepted, majors }: Content): Received {
  if (!delivery.isReadable) return broken('contract-invalid', delivery.subject, undefined, NOT_UTF8);
  let decoded: DecodedMessage;
  try {
    decoded = decodeMessage(delivery.headers(), delivery.payload);
  } catch (error) {
    if (!(error instanceof MessageFormatError)) throw error;
    return broken('contract-invalid', delivery.subject, undefined, error.violations);
  }
  const { event, data } = decoded;
  const taken = accepted.get(event.type);
  if (taken === undefined) {
    const known = [...accepted.keys()].join(', ');
    const violation = {
      path: 'type',
      rule: 'type',
      message: `"${event.type.slice(0, 200)}" is not consumed here (${known})`,
    };
    return broken('contract-unknown', event.type, event, [violation]);
  }
  if (majors?.isHandledAsAnother(event)) return { kind: 'elsewhere', event };
  const violations = taken.contract.violationsOfAccepted(data);
  if (violations.length > 0) return broken('contract-invalid', event.type, event, violations);
  try {
    // An instance: the handler may ask `data instanceof OrderPlaced`, and one with several contracts needs that.
    return { kind: 'taken', event, data: taken.read(data as object) };
  } catch (error) {
    if (!(error instanceof UpcastError)) throw error;
    return { kind: 'broken', reason: 'upcast-failed', event, error };
  }
}

const NOT_UTF8: readonly Violation[] = [{ path: '', rule: 'utf8', message: 'the headers are not UTF-8' }];

function broken(
  reason: 'contract-invalid' | 'contract-unknown',
  contract: string,
  event: CloudEvent | undefined,
  violations: readonly Violation[],
): Received {
  const error = new ContractViolationError(contract.slice(0, 256), violations);
  return { kind: 'broken', reason, event, error };
}
