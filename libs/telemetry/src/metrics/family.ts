import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricDescriptor,
} from '@opentelemetry/sdk-metrics';
import { Counter, Histogram } from './points.ts';

/** From when to when the points of a collection count. */
export interface Span {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/** All counters of one name. */
export class CounterFamily {
  readonly #points: Counter[] = [];
  readonly #descriptor: MetricDescriptor;

  constructor(name: string, unit: string, description: string) {
    this.#descriptor = { name, unit, description, valueType: ValueType.INT };
  }

  /** A new counter, which the caller keeps: it is exported from now on, at 0 too. */
  point(attributes: Attributes): Counter {
    const point = new Counter(attributes);
    this.#points.push(point);
    return point;
  }

  collect(span: Span): MetricData {
    return {
      descriptor: this.#descriptor,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: this.#points.map(
        ({ attributes, value }): DataPoint<number> => ({ ...span, attributes, value }),
      ),
    };
  }
}

/** All histograms of one name. */
export class HistogramFamily {
  readonly #points: Histogram[] = [];
  readonly #descriptor: MetricDescriptor;

  constructor(
    name: string,
    description: string,
    /** In seconds. */
    private readonly boundaries: readonly number[],
  ) {
    this.#descriptor = { name, unit: 's', description, valueType: ValueType.DOUBLE };
  }

  /** A new histogram, which the caller keeps: it is exported from now on, empty too. */
  point(attributes: Attributes): Histogram {
    const point = new Histogram(attributes, this.boundaries);
    this.#points.push(point);
    return point;
  }

  collect(span: Span): MetricData {
    return {
      descriptor: this.#descriptor,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: this.#points.map(({ attributes, counts, sum, count }) => ({
        ...span,
        attributes,
        value: { buckets: { boundaries: [...this.boundaries], counts: [...counts] }, sum, count },
      })),
    };
  }
}
