import { decodeMessage } from '@troupe/contract';
import { maskOf } from '../contracts.ts';

/** What a message says as it may be shown to anybody: `***` for each sensitive value, or why it is hidden. */
export type ShownBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'hidden'; readonly value: string };

const LARGEST = 1024 * 1024;

/** Never throws: what cannot be read is hidden. */
export function shownBody(headers: Iterable<[string, string[]]>, payload: Uint8Array): ShownBody {
  if (payload.length > LARGEST) return hidden('it is over 1 MiB');
  try {
    const { event, data } = decodeMessage(headers, payload);
    const mask = maskOf(event.type);
    if (mask === undefined)
      return hidden(`the contract ${event.type} is not known here, and with it not what is sensitive`);
    return { kind: 'json', value: mask.data(data) };
  } catch {
    return hidden('it is no CloudEvent with a JSON body');
  }
}

function hidden(value: string): ShownBody {
  return { kind: 'hidden', value };
}
