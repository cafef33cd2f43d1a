import { inspect } from 'node:util';
import { ContractViolationError } from '@troupe/contract';
import {
  AlsoSentError,
  BrokerUnavailableError,
  EffectsUnavailableError,
  MessageTooLargeError,
  NoQuorumError,
  NoStreamError,
  OutputKeyError,
  OutputTimeError,
  PublishTimeoutError,
  RetryAfter,
  StreamFullError,
  TerminalError,
  UndeclaredOutputError,
} from '../errors.ts';

/** What a handler threw, as an error whose texts can be read: handlers throw anything. Never throws itself. */
export function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error && isReadable(thrown)) return thrown;
    return new Error(`Threw ${inspect(thrown, { depth: 1, maxStringLength: 1_000 })}`);
  } catch {
    return new Error('Threw something that cannot be read.');
  }
}

/** Trying again cannot help: the handler said so, or its code returns what cannot be sent. */
export function isHopeless(error: Error): boolean {
  return (
    error instanceof TerminalError ||
    error instanceof UndeclaredOutputError ||
    error instanceof OutputKeyError ||
    error instanceof OutputTimeError ||
    error instanceof AlsoSentError ||
    error instanceof ContractViolationError ||
    error instanceof MessageTooLargeError
  );
}

/** Calling the handler again at once may help: it failed by itself, and did not say otherwise. */
export function isFleeting(error: Error): boolean {
  return !(
    isHopeless(error) ||
    isOutage(error) ||
    error instanceof RetryAfter ||
    error instanceof EffectsUnavailableError
  );
}

/** The broker does not take what is sent, whatever it is: no fault of the message. */
export function isOutage(error: Error): boolean {
  return (
    error instanceof BrokerUnavailableError ||
    error instanceof PublishTimeoutError ||
    error instanceof NoStreamError ||
    error instanceof NoQuorumError ||
    error instanceof StreamFullError
  );
}

function isReadable({ name, message, stack }: Error): boolean {
  return (
    typeof name === 'string' &&
    typeof message === 'string' &&
    (stack === undefined || typeof stack === 'string')
  );
}
