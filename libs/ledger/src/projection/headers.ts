import type { Msg } from '@nats-io/nats-core';
import { decodeAttribute } from '@troupe/contract';
import { headerBlockOf, headerValues } from '@troupe/jetstream';
import { keptText } from '../model/text.ts';

/** Names in lower case and their first values. */
export type Headers = ReadonlyMap<string, string>;

export function headersOf(message: Msg): Headers {
  return headerValues(keptText(headerBlockOf(message)));
}

/** A whole number from 0 in a header; undefined for anything else. */
export function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  const number = Number(text);
  return text && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** An attribute of CloudEvents in a header, decoded where it can be; undefined when it is empty or not there. */
export function attributeIn(headers: Headers, name: string): string | undefined {
  const value = headers.get(name);
  return value ? keptText(decoded(value)) : undefined;
}

function decoded(value: string): string {
  try {
    return decodeAttribute(value);
  } catch {
    return value;
  }
}
