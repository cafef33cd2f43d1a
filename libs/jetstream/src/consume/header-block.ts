import { isUtf8 } from 'node:buffer';
import type { Msg } from '@nats-io/nats-core';

/** Where the client keeps the bytes of a message: the header block, then the payload. */
interface RawMessage {
  readonly _msg: { readonly hdr: number };
  readonly _rdata: Uint8Array;
}

/**
 * The header block of a message as text; empty for a message without headers. Bytes that are not UTF-8 are
 * percent-encoded, so that a copy says which they were. The client's own `headers` would throw on a name that it does
 * not like, replace such bytes, and costs a seventh of a hop: it validates and searches line by line.
 */
export function headerBlockOf(message: Msg): string {
  return headerText(message) ?? escapedHeaders(message);
}

/** Bytes of a message: its header block and its payload. */
export function sizeOf(message: Msg): number {
  return (message as Msg & Partial<RawMessage>)._rdata?.length ?? message.data.length;
}

/** The header block as text; undefined when the bytes are not UTF-8, which is found out while they are decoded. */
export function headerText(message: Msg): string | undefined {
  const bytes = headerBytes(message);
  if (bytes === undefined) return message.headers?.toString() ?? '';
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Names as written with their value, an entry for each line, in order. */
export function headerEntries(block: string): [name: string, values: string[]][] {
  const entries: [string, string[]][] = [];
  let end = endOfLine(block, 0);
  for (let at = end + 2; at < block.length; at = end + 2) {
    end = endOfLine(block, at);
    const colon = block.indexOf(':', at);
    if (colon === -1 || colon >= end) continue;
    entries.push([block.slice(at, colon), [block.slice(colon + 1, end).trim()]]);
  }
  return entries;
}

/** Names in lower case, and the first value of each. */
export function headerValues(block: string): Map<string, string> {
  const values = new Map<string, string>();
  let end = endOfLine(block, 0);
  for (let at = end + 2; at < block.length; at = end + 2) {
    end = endOfLine(block, at);
    const colon = block.indexOf(':', at);
    if (colon === -1 || colon >= end) continue;
    const name = block.slice(at, colon).toLowerCase();
    if (!values.has(name)) values.set(name, block.slice(colon + 1, end).trim());
  }
  return values;
}

/** The first value of a name, whatever its case; cheap when there is none. */
export function headerValue(block: string, name: string): string | undefined {
  const lower = name.toLowerCase();
  let end = endOfLine(block, 0);
  for (let at = end + 2; at < block.length; at = end + 2) {
    end = endOfLine(block, at);
    const colon = at + name.length;
    if (block.charCodeAt(colon) === COLON && block.slice(at, colon).toLowerCase() === lower)
      return block.slice(colon + 1, end).trim();
  }
  return undefined;
}

const COLON = 58;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const NO_BYTES = new Uint8Array();

/** Undefined where the client does not let them be seen. */
function headerBytes(message: Msg): Uint8Array | undefined {
  const { _msg, _rdata } = message as Msg & Partial<RawMessage>;
  if (_msg === undefined || _rdata === undefined) return undefined;
  return _rdata.subarray(0, Math.max(0, _msg.hdr));
}

/** The block with `%XX` for each byte that is not UTF-8. */
export function escapedHeaders(message: Msg): string {
  const bytes = headerBytes(message) ?? NO_BYTES;
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const character = bytes.subarray(at, at + lengthOf(bytes[at] as number));
    if (isUtf8(character)) {
      text += utf8.decode(character);
      at += character.length;
    } else {
      text += `%${(bytes[at++] as number).toString(16).toUpperCase()}`;
    }
  }
  return text;
}

/** How many bytes a character has that begins with this one. */
function lengthOf(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

function endOfLine(block: string, at: number): number {
  const end = block.indexOf('\r\n', at);
  return end === -1 ? block.length : end;
}
