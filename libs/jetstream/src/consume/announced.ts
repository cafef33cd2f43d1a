import { type CloudEvent, decodeAttribute } from '@troupe/contract';
import type { Delivery } from './delivery.ts';

/** What a message says of itself in its headers alone; in structured mode that is nothing. Its body is not looked at. */
export function announced(
  delivery: Pick<Delivery, 'header'>,
): Partial<Pick<CloudEvent, 'id' | 'source' | 'type' | 'correlationid'>> & { readonly appversion?: string } {
  const found: Record<string, string> = {};
  for (const name of ['id', 'source', 'type', 'correlationid', 'appversion']) {
    const value = delivery.header(`ce-${name}`);
    if (value) found[name] = decoded(value);
  }
  return found;
}

function decoded(value: string): string {
  try {
    return decodeAttribute(value);
  } catch {
    return value;
  }
}
