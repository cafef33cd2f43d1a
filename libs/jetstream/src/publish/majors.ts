import { AlsoSentError } from '../errors.ts';
import type { Next } from '../step.ts';
import type { Envelope, EnvelopeFields, SealedMessage } from './envelope.ts';

/** What all messages of one fact share. */
export type FactFields = Omit<EnvelopeFields, 'data' | 'isChecked' | 'alsoSentAs' | 'isCopy' | 'turn'>;

/** The messages that one fact is sent as: the named one, and the older majors that it is also sent as. */
export function* majorsOf(sent: Next): Generator<Next> {
  for (let one: Next | undefined = sent; one !== undefined; one = one.also) yield one;
}

/**
 * Seals one fact in all its majors, newest first: one id, time and flow, and on each message the others that there are,
 * so that a step which takes several of them handles one. They are to be sent oldest first: made anew after a crash
 * they have another time, and what was stored of the newest must not be earlier than what is of the others.
 * @throws AlsoSentError when one is no older major of the one before it, or has a key
 * @throws ContractViolationError, MessageTooLargeError when one of them cannot be sent: none is then
 */
export function sealMajors(
  sent: Next,
  envelopeOf: (message: Next) => Envelope,
  fields: FactFields,
): SealedMessage[] {
  const majors: { envelope: Envelope; data: object }[] = [];
  for (const message of majorsOf(sent)) {
    const envelope = envelopeOf(message);
    const newer = majors.at(-1)?.envelope.contract;
    if (newer !== undefined) assertOlder(newer, envelope.contract, message);
    majors.push({ envelope, data: message.data });
  }
  const ids = majors.map(({ envelope }) => envelope.contract.id);
  const { time = new Date().toISOString() } = fields;
  return majors.map(({ envelope, data }, i) => {
    const alsoSentAs = ids.filter((_, j) => j !== i);
    const turn = majors.length - 1 - i;
    return envelope.seal({ ...fields, data, time, alsoSentAs, isCopy: i > 0, turn });
  });
}

/** Of one type and ever lower versions: so a list that contains itself ends too. */
function assertOlder(newer: Envelope['contract'], older: Envelope['contract'], { key }: Next): void {
  if (older.type !== newer.type || older.kind !== newer.kind || older.version >= newer.version)
    throw new AlsoSentError(`${newer.id} is also sent as ${older.id}, which is no older major of it.`);
  if (key !== undefined)
    throw new AlsoSentError(`${newer.id} is also sent as ${older.id} with a key: it has that of the newest.`);
}
