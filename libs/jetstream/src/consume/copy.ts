import { headerBlock } from '../publish/message.ts';
import type { Delivery } from './delivery.ts';

/** Control headers of the broker act on the stream that a message is published to: never forwarded. */
function isControl(name: string): boolean {
  return /^nats-/i.test(name);
}

/**
 * The header block of a copy: the original's headers untouched, but the broker's control headers and those that
 * `added` replaces.
 */
export function copyHeaders(delivery: Delivery, added: readonly (readonly [string, string])[]): Uint8Array {
  const replaced = new Set(added.map(([name]) => name.toLowerCase()));
  const lines: (readonly [string, string])[] = [];
  for (const [name, values] of delivery.headers()) {
    if (isControl(name) || replaced.has(name.toLowerCase())) continue;
    for (const value of values) lines.push([tokenOf(name), lineOf(value)]);
  }
  return headerBlock([...lines, ...added]);
}

/** What no client could read as a header name is percent-encoded. */
function tokenOf(name: string): string {
  return name.replace(/[^!#$%&'*+\-.^_`|~0-9A-Za-z]+/g, encodeURIComponent);
}

/** A line break inside a value would end its line for some readers. */
function lineOf(value: string): string {
  return value.replace(/[\r\n]/g, encodeURIComponent);
}

/** Where the message was first stored; kept through every copy. */
export function originHeaders(delivery: Delivery): (readonly [string, string])[] {
  const { info } = delivery;
  const kept = (name: string, value: string): readonly [string, string] => [
    name,
    delivery.carried(name) ?? value,
  ];
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
