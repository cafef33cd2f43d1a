import { hash } from 'node:crypto';

const LENGTH = 22; // 132 bits in base64url

/** Each part is preceded by its length in UTF-8 bytes, so that no two lists of parts give one text. */
function digest(...parts: string[]): string {
  let text = '';
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`;
  return hash('sha256', text, 'base64url').slice(0, LENGTH);
}

/**
 * The id of a step's output: by content of the decision, not by position. A redelivered input gives the same ids.
 * @param key what tells several outputs of one type apart; empty when there is one
 */
export function outputId(
  inputSource: string,
  inputId: string,
  step: string,
  outputType: string,
  key: string,
): string {
  return digest(inputSource, inputId, step, outputType, key);
}

/** `Nats-Msg-Id`: uniqueness in CloudEvents is source and id together. */
export function messageId(source: string, id: string): string {
  return digest(source, id);
}

/** `Nats-Msg-Id` of an older major that a message is also sent as: it has source and id of the newest. */
export function copiedMessageId(source: string, id: string, contractId: string): string {
  return digest(source, id, contractId);
}

/** The same for every delivery of one message to one step. */
export function idempotencyKey(source: string, id: string, step: string): string {
  return digest(source, id, step);
}

/** The identity of a dead letter or delayed copy: made twice, it is one. */
export function copyId(...parts: (string | number)[]): string {
  return digest(...parts.map(String));
}
