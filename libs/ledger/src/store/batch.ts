import type { Registered } from '../model/expectation.ts';
import type { StoredEvidence, StoredLetter, StoredMessage } from '../model/record.ts';
import type { SharePositions } from './shares.ts';

/** A message that is to be indexed, with the business keys that its payload has. Its place says its stream, its source the sender. */
export interface NewMessage extends Omit<StoredMessage, 'stream' | 'seq' | 'app' | 'emittedBy' | 'direct'> {
  readonly keys: readonly BusinessKey[];
  /** The share that its subject belongs to. */
  readonly share: number;
}

/** A value that a flow can be asked for by. */
export interface BusinessKey {
  /** `orderId`, as in the payload. */
  readonly name: string;
  readonly value: string;
}

/** What a notice tells of a failed attempt. */
export interface RetryNotice {
  /** CloudEvents id and source of the message. */
  readonly id: string;
  readonly source: string;
  /** Contract id; another major of the same fact has the same id and source. */
  readonly type: string;
  readonly step: string;
  readonly at: number;
  readonly attempt: number | undefined;
  readonly nextAt: number | undefined;
  readonly error: string;
}

/** A stream of the broker. */
export interface StreamEntry {
  /** The ledger's number: EVENTS first, so that copies of a message stand behind it. */
  readonly n: number;
  readonly name: string;
  /** When the broker made it, as it says: made anew, nothing of it is known. */
  readonly created: string;
}

/** As of when everything is known. */
export interface AsOf {
  /** Everything stored before then is known, ms since the epoch. */
  readonly asOf: number;
  /** Number of the last census that is written. */
  readonly census: number;
}

/** What is written at once, and the positions with it: after a crash it goes on exactly there. */
export interface Batch {
  readonly messages: readonly NewMessage[];
  readonly letters: readonly (StoredLetter & { readonly pos: number })[];
  readonly notices: readonly RetryNotice[];
  readonly evidence: readonly StoredEvidence[];
  readonly durables: readonly Registered[];
  /** All shares that the projector has, and how far each is then. */
  readonly shares: readonly SharePositions[];
  readonly asOf: AsOf | undefined;
}
