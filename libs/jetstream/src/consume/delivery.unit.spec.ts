import type { Msg } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { Answers } from './answers.ts';
import { Delivery } from './delivery.ts';

const REPLY = '$JS.ACK.EVENTS.shop__pay.2.17.9.1732500000123456789.4';

/** A broker that hears answers, or is away. */
function broker() {
  const heard: string[] = [];
  const state = { connected: true };
  const client = {
    publish: (reply: string, answer: Uint8Array | string) =>
      void heard.push(`${reply} ${typeof answer === 'string' ? answer : Buffer.from(answer).toString()}`),
  };
  const answers = new Answers(client as unknown as NatsConnection, () => state.connected);
  return { heard, state, answers };
}

function delivery(answers: Answers, reply = REPLY): Delivery {
  return new Delivery(answers, { subject: 's', reply, data: new Uint8Array() } as unknown as Msg, false);
}

describe('a delivery', () => {
  it.each([
    ['', REPLY],
    ['in a domain', '$JS.ACK.hub.ABCDEF.EVENTS.shop__pay.2.17.9.1732500000123456789.4.xyz'],
    ['without the random token', '$JS.ACK._.ABCDEF.EVENTS.shop__pay.2.17.9.1732500000123456789.4'],
  ])('knows from its reply subject where it comes from %s', (_where, reply) => {
    const { stream, consumer, deliveries, seq, publishedAt } = delivery(broker().answers, reply).info;
    expect([stream, consumer, deliveries, seq]).toEqual(['EVENTS', 'shop__pay', 2, 17]);
    expect(new Date(publishedAt).toISOString()).toBe('2024-11-25T02:00:00.123Z');
  });

  it('is answered once, whatever is said later', () => {
    const { heard, answers } = broker();
    const one = delivery(answers);
    one.working();
    one.nak(1_500);
    one.ack();
    one.term('late');
    one.working();
    expect(heard).toEqual([`${REPLY} +WPI`, `${REPLY} -NAK {"delay": 1500000000}`]);
  });

  it('is answered where it was handed out last', () => {
    const { heard, answers } = broker();
    const one = delivery(answers);
    const later = REPLY.replace('.2.17.9.', '.3.17.12.');
    one.replaceBy(delivery(answers, later));
    one.ack();
    expect(heard).toEqual([`${later} +ACK`]);
    expect(one.info.deliveries).toBe(3);
  });

  it('is answered when the broker is back, if it is away', () => {
    const { heard, state, answers } = broker();
    state.connected = false;
    delivery(answers).ack();
    answers.resend();
    expect(heard).toEqual([]);
    state.connected = true;
    answers.resend();
    answers.resend();
    expect(heard).toEqual([`${REPLY} +ACK`]);
  });
});
