import { describe, expect, it } from 'vitest';
import type { QueueView, StepView } from '../query/steps.ts';
import { ALERT_KINDS } from './alert.ts';
import { conditionsOf, GROWTH_LETTERS, GROWTH_MS, type Observation } from './conditions.ts';
import type { OpenGroup } from './letter-groups.ts';

const NOW = 1_000_000_000;

describe('an environment in which all is well', () => {
  it('has no condition, and every kind is judged', () => {
    const { conditions, judged } = conditionsOf(observed({ steps: [step()] }));
    expect(conditions).toEqual([]);
    expect([...judged].sort()).toEqual([...ALERT_KINDS].sort());
  });
});

describe('what cannot be seen', () => {
  it('is not judged', () => {
    const { judged } = conditionsOf(
      observed({ steps: undefined, stalls: undefined, letters: undefined, streams: undefined }),
    );
    expect([...judged]).toEqual(['ledger-behind']);
  });

  it('is neither flow nor step when the ledger is 3 s behind, and an alert at more than 10 s', () => {
    const missing = [step({ hasConsumer: false })];
    const at = (behindMs: number) => conditionsOf(observed({ steps: missing, ...behind(behindMs) }));
    expect(at(3_000).judged).toContain('step-without-consumer');
    expect(at(3_001).judged).not.toContain('step-without-consumer');
    expect(at(3_001).judged).not.toContain('stalled-flow');
    expect(at(10_000).conditions).toEqual([]);
    expect(at(10_001).conditions).toMatchObject([
      { kind: 'ledger-behind', count: 10, sentence: expect.stringMatching(/^The ledger is 10 s behind\./) },
    ]);
  });

  it('is said of a ledger that reads the streams for the first time, and of its problem', () => {
    const freshness = { asOf: 0, behindMs: Number.POSITIVE_INFINITY, problem: 'disk full' };
    expect(conditionsOf(observed({ freshness })).conditions[0]?.sentence).toBe(
      'The ledger has not read the streams yet: disk full. What became of flows since is not known.',
    );
  });
});

describe('a step with work', () => {
  const work = { waiting: 2, inFlight: 1 };

  it('has no instance when none answers, and is quiet since it was heard last', () => {
    const steps = [step({ ...work, lastSeenAt: NOW - 40_000 }, 0)];
    expect(conditionsOf(observed({ steps })).conditions).toMatchObject([
      { kind: 'step-without-instance', count: 3, quietSince: NOW - 40_000 },
    ]);
  });

  it('has none either where no app answers any ping', () => {
    expect(kindsOf({ steps: [step(work)] })).toEqual(['step-without-instance']);
  });

  it('is well when one answers', () => {
    expect(kindsOf({ steps: [step(work, 1)] })).toEqual([]);
  });

  it('needs none without work', () => {
    expect(kindsOf({ steps: [step({}, 0)] })).toEqual([]);
  });
});

describe('a dead-letter group', () => {
  it('is a contract break when that is why', () => {
    for (const reason of ['contract-invalid', 'contract-unknown'])
      expect(kindsOf({ letters: [group({ reason })] })).toEqual(['contract-break']);
    expect(kindsOf({ letters: [group({ reason: 'poison' })] })).toEqual(['dead-letter-group']);
  });

  it('names who sent what breaks its contract', () => {
    const broken = group({
      reason: 'contract-invalid',
      error: '/orderId',
      sources: ['/storefront', '/till'],
    });
    const { conditions } = conditionsOf(observed({ letters: [broken] }));
    expect(conditions).toMatchObject([
      {
        sources: ['/storefront', '/till'],
        sentence:
          'payments__authorize set 1 message of order.placed.v1 from /storefront, /till aside (contract-invalid, /orderId).',
      },
    ]);
    const unsaid = conditionsOf(observed({ letters: [group({ reason: 'contract-unknown', sources: [] })] }));
    expect(unsaid.conditions[0]?.sentence).toContain('of order.placed.v1 aside');
    expect(conditionsOf(observed({ letters: [group({})] })).conditions[0]).not.toHaveProperty('sources');
  });

  it('grows while ten of its letters are younger than five minutes', () => {
    const times = Array.from({ length: GROWTH_LETTERS }, (_, i) => NOW - GROWTH_MS + i);
    expect(kindsOf({ letters: [group({ lastTimes: times })] })).toContain('dead-letter-growth');
    expect(kindsOf({ letters: [group({ lastTimes: times })], now: NOW + 1 })).not.toContain(
      'dead-letter-growth',
    );
    expect(kindsOf({ letters: [group({ lastTimes: times.slice(1) })] })).not.toContain('dead-letter-growth');
  });
});

describe('a stream', () => {
  it('fills from 70 % on', () => {
    const at = (bytes: number) => kindsOf({ streams: [{ stream: 'EVENTS', bytes, maxBytes: 1_000 }] });
    expect(at(699)).toEqual([]);
    expect(at(700)).toEqual(['stream-filling']);
  });
});

function observed(differences: Partial<Observation>): Observation {
  return { now: NOW, steps: [], stalls: [], letters: [], streams: [], ...behind(0), ...differences };
}

function behind(behindMs: number): Pick<Observation, 'freshness'> {
  return { freshness: { asOf: NOW - behindMs, behindMs, problem: undefined } };
}

function kindsOf(differences: Partial<Observation>): string[] {
  return conditionsOf(observed(differences)).conditions.map(({ kind }) => kind);
}

function step(queue: Partial<QueueView> = {}, instances?: number): StepView {
  return {
    step: 'payments__authorize',
    app: 'payments',
    emits: ['payment.authorized.v1'],
    within: undefined,
    instances,
    queues: [
      {
        subject: 'evt.order.placed.v1',
        hasConsumer: true,
        waiting: 0,
        inFlight: 0,
        perSecond: 0,
        criticalMs: undefined,
        retries: 0,
        lastSeenAt: undefined,
        ...queue,
      },
    ],
  };
}

function group(differences: Partial<OpenGroup>): OpenGroup {
  return {
    fingerprint: '0f3a',
    app: 'payments',
    step: 'payments__authorize',
    reason: 'terminal-error',
    error: 'no such card',
    type: 'order.placed.v1',
    sources: ['/storefront'],
    count: 1,
    flow: 'f-1',
    lastTimes: [NOW],
    ...differences,
  };
}
