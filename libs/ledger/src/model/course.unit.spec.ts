import { describe, expect, it } from 'vitest';
import { type Carrier, type Course, type Durable, type Evidence, settlementOf } from './course.ts';
import type { Settlement } from './settlement.ts';

const DURABLE: Durable = {
  n: 1,
  stream: 'EVENTS',
  name: 'payments__authorize__order_placed_v1',
  step: 'payments__authorize',
  app: 'payments',
  subject: 'evt.order.placed.v1',
  created: '2026-01-01T00:00:00Z',
  first: 0,
  since: 0,
  delivered: 20,
  floor: 10,
  pending: 0,
  unanswered: 0,
  doubt: 0,
  doubtedAt: 0,
  floorProves: true,
  gone: false,
};

describe('a message that was delivered as it is', () => {
  it('waits as long as it was not handed out, with its place in the queue', () => {
    expect(stateOf([carrier(21)])).toEqual({
      state: 'waiting',
      position: 1,
      expectedMs: 40,
      noConsumer: false,
    });
  });

  it('waits for ever where there is no consumer', () => {
    expect(stateOf([carrier(21, { durable: undefined })])).toMatchObject({
      state: 'waiting',
      noConsumer: true,
    });
  });

  it('is in flight once it was handed out, since it was last heard of', () => {
    expect(stateOf([carrier(15)])).toEqual({ state: 'in-flight', since: undefined });
    expect(stateOf([carrier(15, heard('working', 500))])).toEqual({ state: 'in-flight', since: 500 });
  });

  it('is done when its acknowledgement was heard, or when it stands below the floor', () => {
    expect(stateOf([carrier(15, heard('ack', 500))])).toEqual({ state: 'done', at: 500 });
    expect(stateOf([carrier(10)])).toEqual({ state: 'done', at: undefined });
  });

  it('is not known below the floor of a consumer that gives messages up by itself', () => {
    const durable = { ...DURABLE, floorProves: false };
    expect(stateOf([carrier(10, { durable })])).toMatchObject({ state: 'unknown' });
  });

  it('is not known below the floor when it is older than the dead letters that are known', () => {
    expect(stateOf([carrier(10, { at: 99 })], { lettersSince: 100 })).toMatchObject({ state: 'unknown' });
    expect(stateOf([carrier(10, { at: 100 })], { lettersSince: 100 })).toMatchObject({ state: 'done' });
  });

  it('is not known when its answer may have been missed, until it is heard of again', () => {
    const durable = { ...DURABLE, doubt: 18, doubtedAt: 300 };
    expect(stateOf([carrier(18, { durable })])).toMatchObject({ state: 'unknown' });
    expect(stateOf([carrier(19, { durable })])).toMatchObject({ state: 'in-flight' });
    expect(stateOf([carrier(18, { durable, ...heard('working', 200) })])).toMatchObject({ state: 'unknown' });
    expect(stateOf([carrier(18, { durable, ...heard('working', 400) })])).toMatchObject({
      state: 'in-flight',
    });
    expect(stateOf([carrier(18, { durable, ...heard('ack', 200) })])).toMatchObject({ state: 'done' });
  });

  it('is retried when it was handed back for later, and waits when it was handed back for anyone', () => {
    const later = heard('nak', 500, { nextAt: 900, attempt: 2, said: 'no luck' });
    expect(stateOf([carrier(15, later)])).toEqual({
      state: 'retrying',
      attempt: 2,
      nextAt: 900,
      error: 'no luck',
    });
    expect(stateOf([carrier(15, heard('nak', 500))])).toMatchObject({
      state: 'waiting',
      position: undefined,
    });
  });
});

describe('a message that comes back by a schedule', () => {
  const acked = carrier(15, heard('ack', 500, { said: 'no luck' }));
  const scheduled = carrier(1, { due: 9_000, attempt: 1 });

  it('is retried, though its first delivery is acknowledged', () => {
    expect(stateOf([acked, scheduled])).toEqual({
      state: 'retrying',
      attempt: 1,
      nextAt: 9_000,
      error: 'no luck',
    });
  });

  it('is done when what the schedule handed back is acknowledged', () => {
    const returned = carrier(25, { attempt: 1 });
    expect(stateOf([acked, scheduled, returned])).toMatchObject({ state: 'waiting' });
    expect(stateOf([acked, scheduled, { ...returned, ...heard('ack', 700) }])).toEqual({
      state: 'done',
      at: 700,
    });
  });

  it('is not done while its first delivery is unanswered', () => {
    const returned = carrier(25, { attempt: 1, ...heard('ack', 700) });
    expect(stateOf([carrier(15), scheduled, returned])).toMatchObject({ state: 'in-flight' });
  });
});

describe('a message that was set aside', () => {
  const terminated = carrier(15, heard('term', 500, { said: 'poison' }));
  const letter = { letter: 7, failure: 'x', reason: 'poison', error: 'it kills', at: 490 };
  const letters = [letter];

  it('is dead-lettered, whatever was heard of it besides', () => {
    expect(stateOf([terminated], { letters })).toEqual({
      state: 'dead-lettered',
      letter: 7,
      reason: 'poison',
      error: 'it kills',
      at: 490,
    });
    expect(stateOf([carrier(10)], { letters })).toMatchObject({ state: 'dead-lettered' });
    expect(stateOf([carrier(15, heard('ack', 600))], { letters })).toMatchObject({ state: 'dead-lettered' });
  });

  it('is dead-lettered when it was terminated and no letter is known', () => {
    expect(stateOf([terminated])).toMatchObject({
      state: 'dead-lettered',
      reason: 'poison',
      letter: undefined,
    });
  });

  it('is redriven until the redrive is answered, and done then', () => {
    const redrive = carrier(30, { letter: 7, at: 800 });
    expect(stateOf([terminated, redrive], { letters })).toEqual({
      state: 'redriven',
      letter: 7,
      at: 800,
      as: undefined,
    });
    expect(stateOf([terminated, { ...redrive, ...heard('ack', 900) }], { letters })).toMatchObject({
      state: 'done',
    });
  });

  it('is dead-lettered again when the redrive fails', () => {
    const redrive = carrier(30, { letter: 7, ...heard('term', 900, { said: 'poison' }) });
    const again = { ...letter, letter: 8, failure: 'y' };
    expect(stateOf([terminated, redrive], { letters: [letter, again] })).toMatchObject({ letter: 8 });
  });

  it('is redriven by one of the letters that were written of one failure', () => {
    const redrive = carrier(30, { letter: 7, ...heard('ack', 900) });
    const twice = [letter, { ...letter, letter: 8 }];
    expect(stateOf([terminated, redrive], { letters: twice })).toMatchObject({ state: 'done' });
  });

  it('is set aside when the broker says that it was given up, until the letter of that is redriven', () => {
    const givenUp = { ...letter, letter: undefined, reason: 'max-deliveries' };
    const original = carrier(15);
    expect(stateOf([original], { letters: [givenUp] })).toMatchObject({ letter: undefined });
    expect(stateOf([original], { letters: [letter, givenUp] })).toMatchObject({ letter: 7 });
    const redrive = carrier(30, { letter: 7, at: 800 });
    expect(stateOf([original, redrive], { letters: [letter, givenUp] })).toMatchObject({ state: 'redriven' });
  });

  it('is settled when an edited message took its place', () => {
    const edited = carrier(30, { letter: 7, at: 800, editedId: 'e-1' });
    expect(stateOf([terminated, edited], { letters })).toEqual({
      state: 'redriven',
      letter: 7,
      at: 800,
      as: 'e-1',
    });
  });
});

function stateOf(carriers: Carrier[], course: Partial<Course> = {}): Settlement {
  const queue = ({ seq }: Carrier) => ({ position: seq - DURABLE.delivered, expectedMs: 40 });
  return settlementOf({ carriers, letters: [], lettersSince: 0, ...course }, queue);
}

function carrier(seq: number, fields: Partial<Carrier> = {}): Carrier {
  return {
    seq,
    at: 100,
    due: undefined,
    attempt: undefined,
    letter: undefined,
    editedId: undefined,
    durable: DURABLE,
    evidence: undefined,
    ...fields,
  };
}

function heard(
  answer: Evidence['answer'],
  at: number,
  fields: Partial<Evidence> = {},
): Pick<Carrier, 'evidence'> {
  return { evidence: { answer, at, attempt: undefined, nextAt: undefined, said: undefined, ...fields } };
}
