import { millisToHrTime } from '@opentelemetry/core';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import type { ObservedMessage, StepName } from '@troupe/jetstream';
import { destinationOf } from '../destination.ts';
import { Families } from './families.ts';
import { type Measured, metricOf } from './measured.ts';
import { SendMeter } from './send-meter.ts';
import { type ProcessTimer, StepMeter } from './step-meter.ts';

/** Subjects whose template is remembered; a foreign sender can make up any number of last tokens. */
const REMEMBERED = 10_000;

/**
 * What is counted of every message. The SDK's instruments look their attributes up on each record, which costs more
 * than all else here; so a set of attributes is looked up when it is new, its counts are plain fields, and
 * `collect` hands them to the SDK.
 */
export class Meters {
  readonly #families = new Families();
  readonly #steps = new Map<string, StepMeter>();
  readonly #sends = new Map<string, SendMeter>();
  readonly #templates = new Map<string, string>();
  readonly #reads = new Set<() => readonly Measured[]>();
  readonly #startTime = millisToHrTime(Date.now());

  process(step: StepName, { subject, time }: ObservedMessage): ProcessTimer {
    let meter = this.#steps.get(step.name);
    if (meter === undefined) {
      meter = new StepMeter(step, this.#families);
      this.#steps.set(step.name, meter);
    }
    return meter.begin(this.#template(subject), time);
  }

  send(subject: string): SendMeter {
    const template = this.#template(subject);
    let meter = this.#sends.get(template);
    if (meter === undefined) {
      meter = new SendMeter(template, this.#families);
      this.#sends.set(template, meter);
    }
    return meter;
  }

  /** Shows what is read at each collection, until the returned function is called. */
  measure(read: () => readonly Measured[]): () => void {
    this.#reads.add(read);
    return () => void this.#reads.delete(read);
  }

  collect(): MetricData[] {
    const span = { startTime: this.#startTime, endTime: millisToHrTime(Date.now()) };
    const measured = [...this.#reads].flatMap((read) => read());
    return [
      ...this.#families.all.map((family) => family.collect(span)),
      ...measured.map((metric) => metricOf(metric, span)),
    ];
  }

  #template(subject: string): string {
    const known = this.#templates.get(subject);
    if (known !== undefined) return known;
    const { template } = destinationOf(subject);
    if (this.#templates.size >= REMEMBERED) this.#templates.clear();
    this.#templates.set(subject, template);
    return template;
  }
}
