import { ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import type { Span } from './family.ts';

/** What an app measures when it is asked: a metric with all its points as they are now. */
export interface Measured {
  /** As OpenTelemetry has it: `troupe.ledger.behind` is `troupe_ledger_behind` for Prometheus. */
  readonly name: string;
  readonly description: string;
  /** UCUM: `s`, `By`, `{message}`. Default: none. */
  readonly unit?: string;
  /** A counter only rises, and gets `_total` for Prometheus. */
  readonly kind: 'gauge' | 'counter';
  readonly points: readonly {
    readonly value: number;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

/** As the SDK has it. What is not said any more is not shown any more. */
export function metricOf({ name, description, unit = '', kind, points }: Measured, span: Span): MetricData {
  const descriptor = { name, description, unit, valueType: ValueType.DOUBLE };
  const dataPoints = points.map(({ value, attributes }) => ({ ...span, value, attributes }));
  const common = { descriptor, dataPoints, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  return kind === 'gauge'
    ? { ...common, dataPointType: DataPointType.GAUGE }
    : { ...common, dataPointType: DataPointType.SUM, isMonotonic: true };
}
