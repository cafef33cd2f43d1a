import { MessageFormatError } from '../error.ts';

/**
 * An attribute value as a NATS header carries it: everything but printable ASCII, and space, `"` and `%`, is
 * percent-encoded as UTF-8 (CloudEvents NATS binding, 3.1.3.2). A lone surrogate becomes U+FFFD.
 */
export function encodeAttribute(value: string): string {
  if (!mustEncode.test(value)) return value;
  return value.toWellFormed().replace(encodedRuns, encodeURIComponent);
}

/**
 * The attribute value in a NATS header: a quoted string is unquoted, then percent-decoded once. A `%` that starts no
 * escape stands for itself, because some senders do not encode.
 * @throws MessageFormatError when the decoded bytes are not UTF-8.
 */
export function decodeAttribute(header: string): string {
  const value = readAttribute(header);
  if (value === undefined) {
    throw new MessageFormatError([{ path: '', rule: 'utf8', message: 'the percent-encoding is not UTF-8' }]);
  }
  return value;
}

/** As `decodeAttribute`, with undefined for bytes that are not UTF-8. */
export function readAttribute(header: string): string | undefined {
  const value = header.startsWith('"') ? unquote(header) : header;
  if (!value.includes('%')) return value;
  try {
    return value.replace(escapeRuns, decodeURIComponent);
  } catch {
    return undefined;
  }
}

const mustEncode = /[^!#$&-~]/;
const encodedRuns = /[^!#$&-~]+/g;
const escapeRuns = /(?:%[0-9a-f]{2})+/gi;

function unquote(header: string): string {
  if (header.length < 2 || !header.endsWith('"')) return header;
  return header.slice(1, -1).replace(/\\(.)/gs, '$1');
}
