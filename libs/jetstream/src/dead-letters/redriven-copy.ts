import { type CloudEvent, decodeMessage, encodeBinary, MessageFormatError } from '@troupe/contract';
import { copyHeaders, headerText, isControl, type Original } from '../consume/copy.ts';

import { copyId } from '../ids.ts';
import type { Names } from '../naming.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import { type Letter, readLetter, unfrozen } from './letter.ts';
import type { Redrive } from './mark.ts';
import { headerOf, type Stored } from './stored.ts';

/**
 * The message of a dead letter for the step that failed, and for no other: bytes, `ce-` and trace headers and
 * `x-original-` untouched, what was said of the failure left behind. Its message id names the letter and the number
 * of the redrive: sent twice, it is one.
 */
export function redrivenCopy(stored: Stored, redrive: Redrive, names: Names): OutgoingMessage {
  const letter = readLetter(stored);
  return {
    ...addressOf(letter, redrive, names),
    headers: copyHeaders(carrierOf(stored), redriveHeaders(letter, redrive), isLeftBehind),
    payload: stored.payload,
  };
}

/** What an edit changes of a message. */
export interface Edit {
  readonly data: object;
  /** Who edits. */
  readonly by: string;
  /** CloudEvents type of the new message. Default: as it was. */
  readonly type?: string | undefined;
}

/** Id of the message that an edit makes: the same for the same letter and operation. */
export function editedId(letter: Letter, operation: string): string {
  return copyId('edit', letter.event.source ?? '', letter.event.id ?? '', letter.seq, operation);
}

/**
 * A new message in place of the dead letter's, for the step that failed: an id of its own, caused by the original,
 * in its flow and with its trace.
 * @throws MessageFormatError when the data has no JSON form, or nothing says its type
 */
export function editedCopy(stored: Stored, edit: Edit, redrive: Redrive, names: Names): OutgoingMessage {
  const letter = readLetter(stored);
  const event = { ...eventOf(stored, letter) };
  const type = edit.type ?? event.type;
  if (type === undefined) {
    const message = 'the original does not say its type: name one';
    throw new MessageFormatError([{ path: '/type', rule: 'isDefined', message }]);
  }
  const encoded = encodeBinary(
    {
      ...event,
      id: redrive.editedId ?? editedId(letter, redrive.operation),
      source: event.source ?? `/${letter.app}/${letter.step}`,
      type,
      time: redrive.at,
      datacontenttype: 'application/json',
      extensions: event.extensions ?? {},
      ...(letter.event.id === undefined ? {} : { causationid: letter.event.id }),
      ...(letter.flowId === undefined ? {} : { correlationid: letter.flowId }),
    },
    edit.data,
  );
  const replaced = new Set(encoded.headers.map(([name]) => name.toLowerCase()));
  const isReplaced = (name: string): boolean =>
    isLeftBehind(name) || /^(ce-|content-type$)/i.test(name) || replaced.has(name.toLowerCase());
  const added = [
    ...encoded.headers,
    ...redriveHeaders(letter, redrive),
    ['x-edited-by', headerText(edit.by, LONGEST_NAME)] as const,
  ];
  return {
    ...addressOf(letter, redrive, names),
    headers: copyHeaders(carrierOf(stored), added, isReplaced),
    payload: encoded.payload,
  };
}

const LONGEST_NAME = 256;

function addressOf(
  letter: Letter,
  redrive: Redrive,
  names: Names,
): Pick<OutgoingMessage, 'subject' | 'messageId'> {
  return {
    subject: `${names.redriveSubject(letter.app, letter.step)}.${laneOf(letter)}`,
    messageId: redriveId(letter, redrive),
  };
}

function redriveId(letter: Letter, redrive: Redrive): string {
  return copyId('redrive', letter.id, redrive.number);
}

/** The lane that the message had at first. */
function laneOf({ original }: Letter): string {
  const lane = original.subject.split('.').at(-1) ?? '';
  return /^\d+$/.test(lane) ? lane : '0';
}

function redriveHeaders(letter: Letter, redrive: Redrive): (readonly [string, string])[] {
  return [
    ['x-redrive-count', String(letter.redriveCount + redrive.number)],
    ['x-redrive-of', String(letter.seq)],
    ['x-redrive-operation', redrive.operation],
    ['Nats-Msg-Id', redriveId(letter, redrive)],
  ];
}

/** What was said of the failure: the next one, if there is one, is told anew. Attempts begin at the first. */
function isLeftBehind(name: string): boolean {
  return isControl(name) || /^x-(dlq-|dead-letter-reason$|delivery-count$|failed-at$|attempt$)/i.test(name);
}

function carrierOf(stored: Stored): Pick<Original, 'headers' | 'carried'> {
  return { headers: () => unfrozen(stored.headers), carried: (name) => headerOf(stored, name) };
}

/** All that can be read of the original; what cannot may be why it was set aside. */
function eventOf(stored: Stored, letter: Letter): Partial<CloudEvent> {
  try {
    return decodeMessage(unfrozen(stored.headers), stored.payload).event;
  } catch {
    return letter.event;
  }
}
