import { jetstream } from '@nats-io/jetstream';
import { type MsgHdrs, headers as newHeaders } from '@nats-io/nats-core';
import type { Brokers } from '../brokers.ts';
import { persist } from '../persist.ts';

/** Marks what the run itself puts into the broker: a copy of an event, or a broken one. */
export const MARK = 'x-chaos';
export const EVENTS = 'EVENTS';
export const DEAD_LETTERS = 'DEAD_LETTERS';

/** What streams are filled with. A broker that is killed may forget that it was removed, so it may be found again. */
export const FILLERS = { [EVENTS]: 'evt.chaos.filler.v1.0', [DEAD_LETTERS]: 'dlq.chaos.filler' } as const;

const COPIES = 40;

/**
 * Delivers events a second time and out of order: the latest of the stream are stored again, the newest first, with
 * the same CloudEvents id, and without the `Nats-Msg-Id` that would have the stream drop them.
 */
export async function copyLatest({ manager, client }: Brokers): Promise<void> {
  const { state } = await persist(() => manager.streams.info(EVENTS));
  for (let seq = state.last_seq; seq > Math.max(0, state.last_seq - COPIES); seq--) {
    const original = await persist(() => manager.streams.getMessage(EVENTS, { seq }));
    if (original === null || original.header.has(MARK)) continue;
    const headers = withoutControls(original.header);
    headers.set(MARK, 'copy');
    await persist(() =>
      jetstream(client).publish(original.subject, original.data, { headers: again(headers) }),
    );
  }
}

/** What a stranger may publish: messages that break their contracts, in apps of both languages. */
const BROKEN = ['order.placed.v1', 'parcel.dispatched.v1'] as const;

/** A message that breaks its contract. @param number of the fault: says of which contract it is */
export async function publishBroken({ client }: Brokers, number: number): Promise<void> {
  const id = `broken-${number}`;
  const type = BROKEN[number % BROKEN.length] ?? BROKEN[0];
  const headers = newHeaders();
  const attributes = {
    specversion: '1.0',
    id,
    source: '/stranger',
    type,
    datacontenttype: 'application/json',
    correlationid: id,
  };
  for (const [name, value] of Object.entries(attributes)) headers.set(`ce-${name}`, value);
  headers.set('Nats-Msg-Id', id); // asked again, it is stored once
  headers.set(MARK, 'broken');
  await persist(() =>
    jetstream(client).publish(`evt.${type}.0`, '{"orderId":17}', { headers: again(headers) }),
  );
}

/** The broker's own headers say what to do with the message, and are not the message's. */
function withoutControls(original: MsgHdrs): MsgHdrs {
  const headers = newHeaders();
  for (const [name, values] of original) {
    if (name.toLowerCase().startsWith('nats-')) continue;
    for (const value of values) headers.append(name, value);
  }
  return headers;
}

/** `publish` changes the headers that it is given. */
function again(original: MsgHdrs): MsgHdrs {
  const headers = newHeaders();
  for (const [name, values] of original) for (const value of values) headers.append(name, value);
  return headers;
}
