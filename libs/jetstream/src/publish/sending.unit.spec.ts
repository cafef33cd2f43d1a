import { contractOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { OrderPlaced, PaymentAuthorized } from '../fixtures.spec.support.ts';
import { OrderPlacedV2, OrderPlacedV3 } from '../majors.spec.support.ts';
import { Names } from '../naming.ts';
import { next } from '../step.ts';
import { DuplicateCheck } from './duplicates.ts';
import { Envelope, type SealedMessage } from './envelope.ts';
import { sealMajors } from './majors.ts';
import type { OutgoingMessage } from './message.ts';
import type { PubAck } from './puback.ts';
import type { Publisher } from './publisher.ts';
import { Sending } from './sending.ts';

const SENDER = { names: new Names(), version: '1.0.0', source: '/s', lanes: 32, maxMessageSize: 1_000_000 };
const FIELDS = { id: '1', flowId: 'flow' };
const envelopeOf = ({ contract }: { contract: typeof OrderPlaced | object }) =>
  new Envelope(contractOf(contract as typeof OrderPlaced), SENDER);

/** One fact in three majors, and another message. */
function cascade(): SealedMessage[] {
  const first = next(OrderPlaced, { orderId: '1' });
  const second = next(OrderPlacedV2, { orderId: '1', notes: [] }, { also: first });
  const third = next(OrderPlacedV3, { orderId: '1', notes: [] }, { also: second });
  const other = new Envelope(contractOf(PaymentAuthorized), SENDER);
  return [
    ...sealMajors(third, envelopeOf, FIELDS),
    other.seal({ ...FIELDS, data: { orderId: '1', amount: 1 } }),
  ];
}

/** A publisher that answers when told. */
function publisher() {
  const open = new Map<string, (error: Error | undefined, ack: PubAck | undefined) => void>();
  const send = (
    { subject }: OutgoingMessage,
    _timeoutMs: number,
    done: typeof open extends Map<string, infer D> ? D : never,
  ) => void open.set(subject.split('.').slice(1, 4).join('.'), done);
  return {
    sending: new Sending('app', { send } as unknown as Publisher, {} as DuplicateCheck, undefined),
    waiting: () => [...open.keys()].sort(),
    answer: (subject: string, error?: Error) => {
      const done = open.get(subject);
      open.delete(subject);
      done?.(error, error === undefined ? { stream: 'EVENTS', seq: 1, duplicate: false } : undefined);
    },
  };
}

describe('the messages of a step', () => {
  it('are sent at once, but for newer majors, which wait until the older ones are stored', () => {
    const { sending, waiting, answer } = publisher();
    const ends: unknown[] = [];
    sending.all(undefined, cascade(), (error) => ends.push(error));
    expect(waiting()).toEqual(['order.placed.v1', 'payment.authorized.v1']);
    answer('payment.authorized.v1');
    expect(waiting()).toEqual(['order.placed.v1']);
    answer('order.placed.v1');
    expect(waiting()).toEqual(['order.placed.v2']);
    answer('order.placed.v2');
    expect(waiting()).toEqual(['order.placed.v3']);
    expect(ends).toEqual([]);
    answer('order.placed.v3');
    expect(ends).toEqual([undefined]);
  });

  it('are not sent as a newer major when an older one was not stored', () => {
    const { sending, waiting, answer } = publisher();
    const ends: unknown[] = [];
    const failure = new Error('full');
    sending.all(undefined, cascade(), (error) => ends.push(error));
    answer('order.placed.v1', failure);
    expect(ends).toEqual([]);
    answer('payment.authorized.v1');
    expect(waiting()).toEqual([]);
    expect(ends).toEqual([failure]);
  });
});
