import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALERT_KINDS } from './alert.ts';
import { METRICS, type Metric, metricsOf, type Readings } from './metrics.ts';

const guide = readFileSync(new URL('../../../../docs/guides/alerts.md', import.meta.url), 'utf8');

const READINGS: Readings = {
  firing: [
    {
      id: 'step-without-instance/payments__authorize',
      kind: 'step-without-instance',
      sentence: 's',
      app: 'payments',
      step: 'payments__authorize',
      missing: [],
      count: 3,
      flow: undefined,
    },
  ],
  steps: [
    {
      step: 'payments__authorize',
      app: 'payments',
      emits: [],
      within: undefined,
      instances: 0,
      queues: [queue(2, 1), queue(1, 0)],
    },
  ],
  stalls: [
    {
      cause: 'overdue',
      app: 'shipping',
      step: 'shipping__dispatch',
      type: 'payment.authorized.v1',
      missing: [],
      since: 0,
      flows: 7,
      oldest: 'f-1',
    },
  ],
  letters: [
    {
      fingerprint: '0f3a',
      app: 'payments',
      step: 'payments__authorize',
      reason: 'poison',
      error: '',
      type: undefined,
      sources: [],
      count: 4,
      flow: undefined,
      lastTimes: [],
    },
  ],
  streams: [{ stream: 'EVENTS', bytes: 700, maxBytes: 1_000 }],
  behindMs: 40,
  agesMs: { all: 1_500 },
  untold: 2,
  webhook: { delivered: 5, failed: 1 },
};

const authorize = { 'troupe.app': 'payments', 'troupe.step': 'authorize' };
const dispatch = { 'troupe.app': 'shipping', 'troupe.step': 'dispatch' };
const instanceless = 'step-without-instance';

describe('the metrics', () => {
  it.each([
    [
      'troupe.alert',
      1,
      {
        'troupe.kind': instanceless,
        'troupe.alert': `${instanceless}/payments__authorize`,
        'troupe.sources': '',
        ...authorize,
      },
    ],
    [
      'troupe.flows.stalled',
      7,
      { 'troupe.cause': 'overdue', 'troupe.type': 'payment.authorized.v1', ...dispatch },
    ],
    [
      'troupe.dead_letters.open',
      4,
      { 'troupe.reason': 'poison', 'troupe.fingerprint': '0f3a', ...authorize },
    ],
    ['troupe.step.waiting', 3, authorize],
    ['troupe.step.in_flight', 1, authorize],
    ['troupe.step.instances', 0, authorize],
    ['troupe.stream.bytes', 700, { 'troupe.stream': 'EVENTS' }],
    ['troupe.stream.max_bytes', 1_000, { 'troupe.stream': 'EVENTS' }],
    ['troupe.ledger.behind', 0.04, {}],
    ['troupe.watchdog.age', 1.5, { 'troupe.look': 'all' }],
    ['troupe.webhook.untold', 2, {}],
    ['troupe.webhook.messages', 5, { 'troupe.outcome': 'delivered' }],
    ['troupe.webhook.messages', 1, { 'troupe.outcome': 'failed' }],
  ])('show %s as %d of %o', (name, value, attributes) => {
    expect(pointsOf(READINGS, name)).toContainEqual({ value, attributes });
  });

  it('say nothing of what is not known', () => {
    const steps = READINGS.steps.map((step) => ({ ...step, instances: undefined }));
    const unknown = { ...READINGS, untold: undefined, steps };
    expect(pointsOf(unknown, 'troupe.step.instances')).toEqual([]);
    expect(pointsOf(unknown, 'troupe.webhook.untold')).toEqual([]);
  });
});

describe('docs/guides/alerts.md', () => {
  it.each(Object.values(METRICS).map(([name]) => name.replaceAll('.', '_')))('names the metric %s', (name) =>
    expect(guide).toMatch(new RegExp(`^\\| \`${name}(_total)?\` `, 'm')),
  );

  it.each(ALERT_KINDS)('has a section on %s', (kind) => {
    expect(guide).toContain(`\n### ${kind}\n`);
  });
});

function pointsOf(readings: Readings, name: string): Metric['points'] | undefined {
  return metricsOf(readings).find((metric) => metric.name === name)?.points;
}

function queue(waiting: number, inFlight: number): Readings['steps'][number]['queues'][number] {
  return {
    subject: 'evt.order.placed.v1',
    hasConsumer: true,
    waiting,
    inFlight,
    perSecond: 0,
    criticalMs: undefined,
    retries: 0,
    lastSeenAt: undefined,
  };
}
