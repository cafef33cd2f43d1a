import { hash } from 'node:crypto';
import type { MsgHdrs } from '@nats-io/nats-core';

/** A message ready to be sent: everything that does not change between two attempts. */
export interface OutgoingMessage {
  readonly subject: string;
  /** `Nats-Msg-Id`, which makes a second attempt harmless; undefined where doubles are harmless. */
  readonly messageId: string | undefined;
  /** Encoded header block, `NATS/1.0 …`. */
  readonly headers: Uint8Array;
  readonly payload: Uint8Array;
}

/** Bytes that count against the stream's and the server's limits. */
export function sizeOf(message: OutgoingMessage): number {
  return message.headers.length + message.payload.length;
}

/** The client calls `encode()` once per publish and nothing else: a header block is encoded by us, once. */
export function encodedHeaders(block: Uint8Array): MsgHdrs {
  return { encode: () => block } as unknown as MsgHdrs;
}

/** Builds a header block from names and values that are safe on the wire already. */
export function headerBlock(lines: Iterable<readonly [name: string, value: string]>): Uint8Array {
  let text = 'NATS/1.0\r\n';
  for (const [name, value] of lines) text += `${name}: ${value}\r\n`;
  return Buffer.from(`${text}\r\n`);
}

/** What two messages with one id must share to be the same message. */
export function payloadDigest(payload: Uint8Array): string {
  return hash('sha256', payload, 'base64url');
}
