import type { Msg } from '@nats-io/nats-core';
import { consumerOwner, type Names, stepName, sweptId } from '@troupe/jetstream';
import { EVENTS, positionOf, type StoredLetter } from '../model/record.ts';
import { keptText } from '../model/text.ts';
import type { Stored } from './pulls.ts';

const LONGEST_NAME = 256;

/** What the broker says of a message that a consumer gave up. */
interface Advisory {
  readonly stream?: unknown;
  readonly consumer?: unknown;
  readonly stream_seq?: unknown;
  readonly deliveries?: unknown;
}

/**
 * A message that a consumer gave up, as the dead letter that a sweep will make of it; undefined for every other notice.
 * Only consumers with a bound on deliveries give up, and no step's has one.
 */
export function givenUpOf(
  stored: Pick<Stored, 'subject' | 'seq' | 'at'> & { readonly message: Pick<Msg, 'json'> },
  n: number,
  names: Names,
): (StoredLetter & { readonly pos: number }) | undefined {
  if (!stored.subject.startsWith(names.givenUpSubject().slice(0, -1))) return undefined;
  const { stream, consumer, stream_seq: seq, deliveries } = readJson(stored.message);
  if (stream !== names.events || typeof consumer !== 'string' || typeof seq !== 'number') return undefined;
  if (!Number.isSafeInteger(seq) || seq < 1 || consumer.length > LONGEST_NAME) return undefined;
  const { app, step } = consumerOwner(keptText(consumer));
  return {
    pos: positionOf(n, stored.seq),
    letter: undefined,
    failure: sweptId({ stream, consumer, stream_seq: seq }),
    of: positionOf(EVENTS, seq),
    id: undefined,
    step: stepName(app, step),
    reason: 'max-deliveries',
    error: `${keptText(consumer)} gave it up after ${Number(deliveries)} deliveries; it is no dead letter before a sweep`,
    at: stored.at,
  };
}

function readJson(message: Pick<Msg, 'json'>): Advisory {
  try {
    return message.json<Advisory | null>() ?? {};
  } catch {
    return {};
  }
}
