import type { OutgoingMessage } from '@troupe/jetstream';
import type { StoredMessage } from '../record.ts';

/** A message as a record keeps it. */
export function storedMessage({ subject, messageId, headers, payload }: OutgoingMessage): StoredMessage {
  return {
    subject,
    ...(messageId !== undefined && { messageId }),
    headers: Buffer.from(headers).toString(),
    payload: Buffer.from(payload).toString(),
  };
}

/** A kept message as it goes over the wire. */
export function outgoingMessage({ subject, messageId, headers, payload }: StoredMessage): OutgoingMessage {
  return { subject, messageId, headers: Buffer.from(headers), payload: Buffer.from(payload) };
}

/**
 * The same message to be sent once more: the stream takes it although it knows its id, and whoever handles it knows
 * that it is the same.
 * @param sends the how manieth time it is sent
 */
export function sentAgain(message: StoredMessage, sends: number): StoredMessage {
  if (message.messageId === undefined) return message;
  const messageId = `${message.messageId}.${sends}`;
  return {
    ...message,
    messageId,
    headers: message.headers.replace(MESSAGE_ID, (line) => `${line}.${sends}`),
  };
}

const MESSAGE_ID = /^Nats-Msg-Id: [^\r]*/m;
