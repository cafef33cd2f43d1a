import type { Attributes } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import type { Outcome, StepName } from '@troupe/jetstream';
import { ATTR, NATS, OPERATION, TROUPE } from '../conventions.ts';
import { errorType } from '../error-type.ts';
import type { Families } from './families.ts';
import type { Counter, Histogram } from './points.ts';

/** The counts of one step. */
export class StepMeter {
  readonly #intakes = new Map<string, Intake>();
  readonly #criticalTime: Histogram;
  readonly #deadLetters: Counter;
  readonly #retries: Counter;

  constructor(
    private readonly step: StepName,
    private readonly families: Families,
  ) {
    const attributes = { [TROUPE.app]: step.app, [TROUPE.step]: step.step };
    this.#criticalTime = families.criticalTime.point(attributes);
    this.#deadLetters = families.deadLetters.point(attributes);
    this.#retries = families.retries.point(attributes);
  }

  /** Counts a message in, and takes its time. */
  begin(destinationTemplate: string, eventTime: string | undefined): ProcessTimer {
    let intake = this.#intakes.get(destinationTemplate);
    if (intake === undefined) {
      intake = new Intake(this.step, destinationTemplate, this.families);
      this.#intakes.set(destinationTemplate, intake);
    }
    intake.consumed.value++;
    return new ProcessTimer(this, intake, eventTime);
  }

  ended(outcome: Outcome, eventTime: string | undefined): void {
    if (outcome === 'done') this.#recordCriticalTime(eventTime);
    else if (outcome === 'dead-lettered') this.#deadLetters.value++;
    else if (outcome === 'retried') this.#retries.value++;
  }

  /** Clocks of two machines differ: what seems to come from the future took no time. */
  #recordCriticalTime(eventTime: string | undefined): void {
    if (eventTime === undefined) return;
    const ms = Date.now() - Date.parse(eventTime);
    if (!Number.isNaN(ms)) this.#criticalTime.record(Math.max(0, ms) / 1000);
  }
}

/** Takes the time of one message in a step. */
export class ProcessTimer {
  readonly #startedAt = performance.now();

  constructor(
    private readonly meter: StepMeter,
    private readonly intake: Intake,
    private readonly eventTime: string | undefined,
  ) {}

  end(outcome: Outcome, error: unknown): void {
    this.intake.duration(outcome, error).record((performance.now() - this.#startedAt) / 1000);
    this.meter.ended(outcome, this.eventTime);
  }
}

/** What a step gets from one kind of subject. */
class Intake {
  readonly consumed: Counter;
  readonly #attributes: Attributes;
  readonly #done: Histogram;
  readonly #others = new Map<string, Histogram>();

  constructor(
    step: StepName,
    destinationTemplate: string,
    private readonly families: Families,
  ) {
    this.#attributes = {
      [ATTR.system]: NATS,
      [ATTR.operationName]: OPERATION.process,
      [ATTR.operationType]: OPERATION.process,
      [ATTR.consumerGroup]: step.name,
      [ATTR.destinationTemplate]: destinationTemplate,
    };
    this.consumed = families.consumed.point(this.#attributes);
    this.#done = this.#durations('done', undefined);
  }

  duration(outcome: Outcome, error: unknown): Histogram {
    if (outcome === 'done') return this.#done;
    const type = error === undefined ? undefined : errorType(error);
    const key = `${outcome} ${type}`;
    let histogram = this.#others.get(key);
    if (histogram === undefined) {
      histogram = this.#durations(outcome, type);
      this.#others.set(key, histogram);
    }
    return histogram;
  }

  #durations(outcome: Outcome, type: string | undefined): Histogram {
    return this.families.processDuration.point({
      ...this.#attributes,
      [TROUPE.outcome]: outcome,
      ...(type !== undefined && { [ATTR_ERROR_TYPE]: type }),
    });
  }
}
