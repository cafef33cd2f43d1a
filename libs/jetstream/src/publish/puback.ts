import type { Msg } from '@nats-io/nats-core';
import {
  MessageTooLargeError,
  NoQuorumError,
  NoStreamError,
  PublishRefusedError,
  StreamFullError,
} from '../errors.ts';
import { type OutgoingMessage, sizeOf } from './message.ts';

/** The stream's acknowledgement that a message is stored. */
export interface PubAck {
  readonly stream: string;
  /** Sequence of the stored message: of the earlier one, when this is a duplicate. */
  readonly seq: number;
  /** The stream already had a message with this id inside its duplicate window. */
  readonly duplicate: boolean;
}

interface ApiReply {
  stream?: string;
  seq?: number;
  duplicate?: boolean;
  error?: { code: number; err_code?: number; description: string };
}

/** An answer that a later attempt with the same id may change. */
export type Retryable = NoStreamError | NoQuorumError;

/** Broker error codes, as the server's errors.json names them. */
const CODE = {
  messageExceedsMaximum: 10054,
  headersExceedMaximum: 10097,
  insufficientResources: 10023,
  resourcesExceeded: 10025,
  clusterNoLeader: 10008,
  storeFailed: 10077,
  duplicateInProcess: 10158,
  jetStreamNotEnabled: 10076,
  jetStreamNotEnabledForAccount: 10039,
} as const;

/** Reads the stream's answer to a publish; errors are returned, typed, for the caller to retry or report. */
export function readPubAck(reply: Msg, message: OutgoingMessage): PubAck | Error {
  if (reply.data.length === 0) return new NoStreamError(message.subject); // 503: no responders
  const answer = parse(reply);
  if (answer?.error !== undefined) return fromApiError(answer.error, message);
  if (typeof answer?.stream !== 'string' || typeof answer.seq !== 'number') {
    // Not of a stream: something else listens on the subject, and the stream's own answer may follow or not.
    return new PublishRefusedError(message.subject, 0, `unreadable answer "${reply.string().slice(0, 80)}"`);
  }
  return { stream: answer.stream, seq: answer.seq, duplicate: answer.duplicate === true };
}

/** Whether the same message may be stored by a later attempt. */
export function isRetryable(error: Error): error is Retryable {
  return error instanceof NoStreamError || error instanceof NoQuorumError;
}

function parse(reply: Msg): ApiReply | undefined {
  try {
    return (JSON.parse(reply.string()) as ApiReply | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function fromApiError(error: NonNullable<ApiReply['error']>, message: OutgoingMessage): Error {
  const { subject } = message;
  const { description } = error;
  switch (error.err_code) {
    case CODE.messageExceedsMaximum:
    case CODE.headersExceedMaximum:
      return new MessageTooLargeError(subject, sizeOf(message), undefined);
    case CODE.insufficientResources:
    case CODE.resourcesExceeded:
      return new StreamFullError(subject, description);
    case CODE.storeFailed:
      return /maximum (bytes|messages)/.test(description)
        ? new StreamFullError(subject, description)
        : new NoQuorumError(subject, description);
    case CODE.clusterNoLeader:
    case CODE.duplicateInProcess:
    case CODE.jetStreamNotEnabled:
    case CODE.jetStreamNotEnabledForAccount:
      return new NoQuorumError(subject, description);
    default:
      return error.code === 503 || error.code === 429
        ? new NoQuorumError(subject, description)
        : new PublishRefusedError(subject, error.err_code ?? error.code, description);
  }
}
