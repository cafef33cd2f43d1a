import { contractOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { OrderPlaced, PickItem } from './fixtures.spec.support.ts';
import { assertName, consumerName, instanceKey, Names, stepName } from './naming.ts';

const placed = contractOf(OrderPlaced);
const pick = contractOf(PickItem);

describe('names in the broker', () => {
  it('are those of the design without a prefix', () => {
    const names = new Names();
    expect(names).toMatchObject({ events: 'EVENTS', deadLetters: 'DEAD_LETTERS', notices: 'NOTICES' });
    expect(names.delayed('payments')).toBe('DELAYED_payments');
    expect(names.orchestrations('fulfilment')).toBe('orc_fulfilment');
    expect(names.contractSubject(placed)).toBe('evt.order.placed.v1');
    expect(names.contractSubject(pick)).toBe('cmd.item.pick.v1');
    expect(names.delayedSubjects('payments')).toEqual(['rdv.payments.>', 'sch.payments.>']);
    expect(names.redriveSubject('payments', 'authorize')).toBe('rdv.payments.authorize');
    expect(names.scheduleSubject('payments', 'abc')).toBe('sch.payments.abc');
    expect(names.deadLetterSubject('payments', 'authorize')).toBe('dlq.payments.authorize');
    expect(names.noticeSubject('retry', 'payments', 'authorize')).toBe('ntc.retry.payments.authorize');
  });

  it('of an instance are its flow, or that by its digest where a key cannot carry it', () => {
    expect(instanceKey('fulfilment', 'o-1')).toBe('i.fulfilment.o-1');
    const tokens = ['a b', 'a.b', '*', '', '=x', 'é', 'a'.repeat(129)].map((flow) =>
      instanceKey('fulfilment', flow),
    );
    for (const token of tokens) expect(token).toMatch(/^i\.fulfilment\.=[\w-]{43}$/);
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('all begin with the prefix when there is one', () => {
    const names = new Names('staging-2');
    expect([
      names.events,
      names.deadLetters,
      names.notices,
      names.delayed('payments'),
      names.bucket('b'),
    ]).toEqual([
      'staging-2_EVENTS',
      'staging-2_DEAD_LETTERS',
      'staging-2_NOTICES',
      'staging-2_DELAYED_payments',
      'staging-2_b',
    ]);
    expect(
      [
        names.all('evt'),
        names.contractSubject(placed),
        ...names.delayedSubjects('payments'),
        names.redriveSubject('payments', 'authorize'),
        names.scheduleSubject('payments', 'abc'),
        names.deadLetterSubject('payments', 'authorize'),
        names.noticeSubject('retry', 'payments', 'authorize'),
      ].filter((subject) => !subject.startsWith('staging-2.')),
    ).toEqual([]);
  });

  it('of durables name app, step, contract and major', () => {
    expect(stepName('payments', 'authorize')).toBe('payments__authorize');
    expect(consumerName('payments', 'authorize', placed)).toBe('payments__authorize__order_placed_v1');
  });
});

describe('a bad name', () => {
  const BAD = [
    'Payments',
    '1st',
    'a_b',
    'a.b',
    'a b',
    'a--b',
    '-a',
    'a-',
    'ä',
    '*',
    '>',
    'a\n',
    'x'.repeat(65),
  ];

  it.each(BAD)('%j is refused as a prefix and as a name', (name) => {
    expect(() => new Names(name)).toThrow(expect.objectContaining({ code: 'TROUPE_STEP_DEFINITION' }));
    expect(() => assertName('The app', name)).toThrow(
      /^The app is named .* letters, digits and single dashes/s,
    );
  });

  it('is an empty one, but for the prefix', () => {
    expect(() => assertName('The app', '')).toThrow('The app is named ""');
    expect(new Names('').events).toBe('EVENTS');
  });

  it.each(['evt', 'cmd', 'rdv', 'sch', 'dlq', 'ntc'])(
    'is the prefix %s, whose subjects would be ours',
    (kind) => {
      expect(() => new Names(kind)).toThrow("begins the platform's own subjects");
    },
  );
});

describe('the JetStream API of another account', () => {
  it('is asked under the name that it has in the account of the app', () => {
    const ours = new Names('staging');
    expect(ours.nextSubject('staging_EVENTS', 'pay')).toBe('$JS.API.CONSUMER.MSG.NEXT.staging_EVENTS.pay');
    const theirs = new Names('', 'TROUPE.API');
    expect(theirs.nextSubject('EVENTS', 'pay')).toBe('TROUPE.API.CONSUMER.MSG.NEXT.EVENTS.pay');
  });

  it.each(['', 'TROUPE.', 'TROUPE.>', 'A.*', 'A B', '.A', 'a'.repeat(65)])('is not named "%s"', (api) => {
    expect(() => new Names('', api)).toThrow(expect.objectContaining({ code: 'TROUPE_STEP_DEFINITION' }));
  });
});
