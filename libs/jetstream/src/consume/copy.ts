import { headerBlock } from '../publish/message.ts';
import type { Delivery } from './delivery.ts';

/** One header of a copy. */
export type Line = readonly [name: string, value: string];

/** What the broker stores of headers in one message, in bytes. */
const LARGEST_BLOCK = 65_535;

/** What of a message its copy is made from. */
export type Original = Pick<Delivery, 'subject' | 'payload' | 'info' | 'headers' | 'carried'>;

type Headers = Pick<Original, 'headers' | 'carried'>;

/**
 * The header block of a copy: the original's headers untouched, but those that are left out (by default the broker's
 * control headers, and forged ones of a redrive) and those that `added` replaces.
 */
export function copyHeaders(
  original: Headers,
  added: readonly Line[],
  isLeftOut?: (name: string) => boolean,
): Uint8Array {
  return headerBlock([...originalLines(original, added, isLeftOut), ...added]);
}

/**
 * As `copyHeaders`, in a size that the broker takes, whatever the original carries: first what is only good to know is
 * left out, the last named first; then, where even that is not enough, the original's longest headers.
 */
export function boundedHeaders(
  delivery: Headers,
  added: readonly Line[],
  goodToKnow: readonly Line[],
): Uint8Array {
  const original = originalLines(delivery, [...added, ...goodToKnow]);
  let room = LARGEST_BLOCK - headerBlock([...original, ...added]).length;
  const longestFirst = [...original].sort((a, b) => sizeOf(b) - sizeOf(a));
  const leftOut = new Set<Line>();
  for (const line of room < 0 ? longestFirst : []) {
    leftOut.add(line);
    room += sizeOf(line);
    if (room >= 0) break;
  }
  const fitting = goodToKnow.filter((line) => {
    const fits = sizeOf(line) <= room;
    if (fits) room -= sizeOf(line);
    return fits;
  });
  return headerBlock([...original.filter((line) => !leftOut.has(line)), ...added, ...fitting]);
}

/** Where the message was first stored; kept through every copy. */
export function originHeaders(delivery: Omit<Original, 'payload' | 'headers'>): Line[] {
  const { info } = delivery;
  const kept = (name: string, value: string): Line => [name, delivery.carried(name) ?? value];
  return [
    kept('x-original-subject', delivery.subject),
    kept('x-original-stream', info.stream),
    kept('x-original-seq', String(info.seq)),
    kept('x-original-published-at', new Date(info.publishedAt).toISOString()),
  ];
}

/** Percent-encodes text for a header line, cut so that it takes `limit` bytes at most. */
export function headerText(text: string, limit: number): string {
  let kept = text.slice(0, limit).toWellFormed();
  let encoded = encodeURI(kept);
  while (encoded.length > limit) {
    kept = kept.slice(0, Math.floor((kept.length * limit) / encoded.length) - 1).toWellFormed();
    encoded = encodeURI(kept);
  }
  return encoded;
}

function originalLines(
  original: Headers,
  replacing: readonly Line[],
  isLeftOut = (name: string): boolean => isControl(name) || isForged(original, name),
): Line[] {
  const replaced = new Set(replacing.map(([name]) => name.toLowerCase()));
  const lines: Line[] = [];
  for (const [name, values] of original.headers()) {
    if (isLeftOut(name) || replaced.has(name.toLowerCase())) continue;
    for (const value of values) lines.push([tokenOf(name), lineOf(value)]);
  }
  return lines;
}

/** Control headers of the broker act on the stream that a message is published to: never forwarded. */
export function isControl(name: string): boolean {
  return /^\s*nats-/i.test(name);
}

/** What the platform says of a redrive: on a message that did not come back to its step, it is somebody else's claim. */
function isForged(original: Pick<Original, 'carried'>, name: string): boolean {
  return /^x-(redrive-|edited-by$)/i.test(name) && original.carried(name) === undefined;
}

/** What no client could read as a header name is percent-encoded. */
function tokenOf(name: string): string {
  return name.replace(/[^!#$%&'*+\-.^_`|~0-9A-Za-z]+/g, encodeURIComponent);
}

/** A line break inside a value would end its line for some readers. */
function lineOf(value: string): string {
  return value.replace(/[\r\n]/g, encodeURIComponent);
}

function sizeOf([name, value]: Line): number {
  return Buffer.byteLength(name) + Buffer.byteLength(value) + ': \r\n'.length;
}
