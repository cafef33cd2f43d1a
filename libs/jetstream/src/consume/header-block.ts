import type { Msg } from '@nats-io/nats-core';

/** Where the client keeps the bytes of a message: the header block, then the payload. */
interface RawMessage {
  readonly _msg: { readonly hdr: number };
  readonly _rdata: Uint8Array;
}

/**
 * The header block of a message as text; empty for a message without headers. The client's own `headers` would
 * throw on a name that it does not like, and costs a seventh of a hop: it validates and searches line by line.
 */
export function headerBlockOf(message: Msg): string {
  const { _msg, _rdata } = message as Msg & Partial<RawMessage>;
  if (_msg === undefined || _rdata === undefined) return message.headers?.toString() ?? '';
  return _msg.hdr > 0 ? utf8.decode(_rdata.subarray(0, _msg.hdr)) : '';
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
const utf8 = new TextDecoder();

function endOfLine(block: string, at: number): number {
  const end = block.indexOf('\r\n', at);
  return end === -1 ? block.length : end;
}
