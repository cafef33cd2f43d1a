import type { JsMsg } from '@nats-io/jetstream';
import type { Brokers } from '../brokers.ts';
import { DEAD_LETTERS } from '../faults/messages.ts';
import { readStream } from './stored.ts';

/** A dead letter, as far as the verdict needs it. */
export interface StoredLetter {
  readonly reason: string;
  /** `payments/authorize`. */
  readonly step: string;
  /** Sequence of the original in its stream. */
  readonly originalSeq: number;
  /** CloudEvents source and id of the original. */
  readonly source: string;
  readonly id: string;
  readonly message: string;
}

export function readDeadLetters(brokers: Brokers): Promise<StoredLetter[]> {
  return readStream(brokers, DEAD_LETTERS, letterOf);
}

function letterOf({ headers }: JsMsg): StoredLetter {
  const header = (name: string) => decodeURI(headers?.get(name) ?? '');
  return {
    reason: header('x-dead-letter-reason'),
    step: `${header('x-dlq-app')}/${header('x-dlq-step')}`,
    originalSeq: Number(header('x-original-seq')),
    source: header('ce-source'),
    id: header('ce-id'),
    message: header('x-dlq-error-message'),
  };
}
