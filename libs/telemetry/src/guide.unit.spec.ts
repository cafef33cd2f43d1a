import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ATTR, METRIC, TROUPE } from './conventions.ts';
import { Families } from './metrics/families.ts';

const guide = readFileSync(new URL('../../../docs/guides/telemetry.md', import.meta.url), 'utf8');
const settings = readFileSync(new URL('./settings/variables.ts', import.meta.url), 'utf8');

describe('docs/guides/telemetry.md', () => {
  it.each([...new Set(settings.match(/(OTEL|LOG)_[A-Z_]+/g))])('says what %s does', (variable) => {
    expect(guide).toContain(`\`${variable}\``);
  });

  const { app, step, outcome, redelivered, businessKey } = TROUPE;
  it.each([...Object.values(ATTR), app, step, outcome, redelivered, `${businessKey}.orderId`])(
    'names the attribute %s',
    (attribute) => {
      expect(guide).toContain(`\`${attribute}\``);
    },
  );

  const { criticalTime, deadLetters, retries } = TROUPE;
  const metrics = [...Object.values(METRIC), criticalTime, deadLetters, retries];
  it.each(metrics)('names the metric %s as Prometheus has it', (metric) => {
    expect(guide).toMatch(new RegExp(`\`${metric.replaceAll('.', '_')}(_total)?\``));
  });

  it('leaves no metric out', () => {
    expect(new Families().all).toHaveLength(metrics.length);
  });
});
