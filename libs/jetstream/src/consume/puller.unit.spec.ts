import { headers, type Msg, type MsgHdrs } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keptLog } from '../fixtures.spec.support.ts';
import { Names } from '../naming.ts';
import { Answers } from './answers.ts';
import { Puller } from './puller.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A puller with a window of 8, and the broker it asks. */
function pulling() {
  const requests: { batch: number; inbox: string }[] = [];
  const inboxes = new Map<string, (error: Error | null, message: Msg) => void>();
  const state = { connected: true };
  const client = {
    subscribe: (inbox: string, { callback }: { callback: (error: Error | null, message: Msg) => void }) => {
      inboxes.set(inbox, callback);
      return { drain: () => Promise.reject(new Error('closed already')) };
    },
    publish: (_subject: string, body: string, { reply }: { reply: string }) =>
      void requests.push({ batch: JSON.parse(body).batch, inbox: reply }),
  } as unknown as NatsConnection;
  const log = keptLog();
  const onDelivery = vi.fn();
  const isConnected = () => state.connected;
  const answers = new Answers(client, isConnected);
  const source = { names: new Names(), stream: 'EVENTS', consumer: 'shop__pay', comesBack: false };
  const puller = new Puller({ client, isConnected, answers, ...source, window: 8, log, onDelivery });
  const current = () => requests.at(-1)?.inbox ?? '';
  const send = (message: Partial<Msg>, inbox = current()) => inboxes.get(inbox)?.(null, message as Msg);
  const deliver = (count: number, inbox?: string) => {
    for (let n = 0; n < count; n++)
      send({ subject: 's', reply: `$JS.ACK.EVENTS.shop__pay.1.${n}.1.0.0` }, inbox);
  };
  const status = (code: number, description: string, left?: number) => {
    const told: MsgHdrs = headers(code, description);
    if (left !== undefined) told.append('Nats-Pending-Messages', `${left}`);
    send({ subject: 's', reply: '', headers: told });
  };
  return {
    puller,
    requests,
    state,
    log,
    onDelivery,
    current,
    deliver,
    status,
    batches: () => requests.map(({ batch }) => batch),
  };
}

describe('a puller', () => {
  it('never has more than its window requested or waiting, and asks again at half', () => {
    const { puller, deliver, batches } = pulling();
    expect(batches()).toEqual([8]);
    deliver(8);
    for (let n = 0; n < 3; n++) puller.started();
    expect(batches()).toEqual([8]);
    puller.started();
    expect(batches()).toEqual([8, 4]);
  });

  it('asks again for what a request that expired had left', () => {
    const { deliver, status, batches, puller } = pulling();
    deliver(2);
    puller.started();
    puller.started();
    status(408, 'Request Timeout', 6);
    expect(batches()).toEqual([8, 8]);
    expect(puller.problem).toBeUndefined();
  });

  it.each([
    [503, 'No Responders', /missing or has no leader/],
    [409, 'Consumer Deleted', /Consumer Deleted/],
    [409, 'Exceeded MaxWaiting', /Exceeded MaxWaiting/],
  ])(
    'says that the broker answers %i %s, asks again soon, and forgets it at a sign of life',
    (code, text, said) => {
      const { status, batches, puller, log } = pulling();
      status(code, text);
      expect(puller.problem).toMatch(said);
      expect(log.lines.join()).toMatch(said);
      expect(batches()).toEqual([8]);
      vi.advanceTimersByTime(1_000);
      expect(batches()).toEqual([8, 8]);
      status(100, 'Idle Heartbeat');
      expect(puller.problem).toBeUndefined();
    },
  );

  it('sees no problem in a change of leader', () => {
    const { status, batches, puller } = pulling();
    status(409, 'Leadership Change');
    vi.advanceTimersByTime(1_000);
    expect(batches()).toEqual([8, 8]);
    expect(puller.problem).toBeUndefined();
  });

  it('asks anew, elsewhere, when the broker falls silent; what still comes for the old request is taken', () => {
    const { batches, current, deliver, onDelivery, puller } = pulling();
    const first = current();
    vi.advanceTimersByTime(3_000);
    expect(batches()).toEqual([8, 8]);
    expect(current()).not.toBe(first);
    expect(puller.problem).toMatch(/no heartbeat/);
    deliver(2, first);
    expect(onDelivery).toHaveBeenCalledTimes(2);
    puller.started();
    puller.started();
    expect(batches()).toEqual([8, 8]); // the new request is whole
  });

  it('asks nothing while the broker is away, and once it is told that it is back', () => {
    const { batches, state, puller, deliver } = pulling();
    deliver(8);
    state.connected = false;
    for (let n = 0; n < 8; n++) puller.started();
    vi.advanceTimersByTime(60_000);
    expect(batches()).toEqual([8]);
    state.connected = true;
    puller.restart();
    expect(batches()).toEqual([8, 8]);
  });

  it('goes on reading when a delivery cannot be taken', () => {
    const { deliver, onDelivery, log } = pulling();
    onDelivery.mockImplementationOnce(() => {
      throw new Error('no');
    });
    deliver(2);
    expect(onDelivery).toHaveBeenCalledTimes(2);
    expect(log.lines).toEqual(['error: a delivery was not understood; left to the ack wait']);
  });

  it('asks nothing once it is stopped, and its end does not fail', async () => {
    const { puller, deliver, batches, onDelivery } = pulling();
    const stopped = puller.stop();
    deliver(3); // on its way
    for (let n = 0; n < 3; n++) puller.started();
    puller.restart();
    vi.advanceTimersByTime(60_000);
    await stopped;
    expect(onDelivery).toHaveBeenCalledTimes(3);
    expect(batches()).toEqual([8]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
