import { METRIC, TROUPE } from '../conventions.ts';
import { CounterFamily, HistogramFamily } from './family.ts';

/** As the messaging conventions advise, with finer ones below 5 ms, where most hops are. In seconds. */
const DURATIONS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** From one quick hop to a message that waited for a day. In seconds. */
const CRITICAL_TIMES = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400,
];

/** Every instrument of the platform. */
export class Families {
  readonly sent = new CounterFamily(METRIC.sent, '{message}', 'Messages that were sent.');
  readonly sendDuration = new HistogramFamily(
    METRIC.operationDuration,
    'Time from sending a message until it is stored.',
    DURATIONS,
  );
  readonly consumed = new CounterFamily(METRIC.consumed, '{message}', 'Messages that a step was given.');
  readonly processDuration = new HistogramFamily(
    METRIC.processDuration,
    'Time in which a step handled a message and its outputs were stored.',
    DURATIONS,
  );
  readonly criticalTime = new HistogramFamily(
    TROUPE.criticalTime,
    'Time from an event until a step was done with it.',
    CRITICAL_TIMES,
  );
  readonly deadLetters = new CounterFamily(
    TROUPE.deadLetters,
    '{message}',
    'Messages that a step dead-lettered.',
  );
  readonly retries = new CounterFamily(
    TROUPE.retries,
    '{attempt}',
    'Failed attempts of a step that are made again.',
  );

  get all(): readonly (CounterFamily | HistogramFamily)[] {
    return [
      this.sent,
      this.sendDuration,
      this.consumed,
      this.processDuration,
      this.criticalTime,
      this.deadLetters,
      this.retries,
    ];
  }
}
