import type { Registered } from '../model/expectation.ts';
import type { StoredEvidence, StoredLetter, StoredMessage } from '../model/record.ts';

/** A message that is to be indexed, with the business keys that its payload has. */
export interface NewMessage extends StoredMessage {
  readonly keys: readonly BusinessKey[];
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
  readonly step: string;
  readonly at: number;
  readonly attempt: number | undefined;
  readonly nextAt: number | undefined;
  readonly error: string;
}

/** A stream of the broker and how far it is indexed. */
export interface StreamEntry {
  /** The ledger's number: EVENTS first, so that copies of a message stand behind it. */
  readonly n: number;
  readonly name: string;
  /** When the broker made it, as it says: made anew, nothing of it is known. */
  readonly created: string;
  /** Everything up to this sequence is indexed. */
  readonly upto: number;
}

/** What is written at once, and the positions with it: after a crash it goes on exactly there. */
export interface Batch {
  readonly messages: readonly NewMessage[];
  readonly letters: readonly (StoredLetter & { readonly pos: number })[];
  readonly notices: readonly RetryNotice[];
  readonly evidence: readonly StoredEvidence[];
  readonly streams: readonly StreamEntry[];
  readonly durables: readonly Registered[];
}
