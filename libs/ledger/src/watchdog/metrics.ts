import type { StepView } from '../query/steps.ts';
import type { Condition } from './alert.ts';
import type { OpenGroup } from './letter-groups.ts';
import type { StallGroup } from './stalls.ts';
import type { StreamFill } from './stream-fill.ts';

/** What is measured: as it was seen last. */
export interface Readings {
  readonly firing: readonly Condition[];
  readonly steps: readonly StepView[];
  readonly stalls: readonly StallGroup[];
  readonly letters: readonly OpenGroup[];
  readonly streams: readonly StreamFill[];
  readonly behindMs: number;
  /** How long ago each look began that went well last, by what it looks at. */
  readonly agesMs: Readonly<Record<string, number>>;
  /** Changes that the webhook has not taken yet; undefined while another watchdog tells it. */
  readonly untold: number | undefined;
  readonly webhook: Readonly<Record<'delivered' | 'failed', number>>;
}

/** A metric with all its points as they are now: what `measure` of `@troupe/telemetry` takes. */
export interface Metric {
  /** As OpenTelemetry has it: `troupe.ledger.behind` is `troupe_ledger_behind` for Prometheus. */
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'counter';
  readonly points: readonly { readonly value: number; readonly attributes: Labels }[];
}

/** What a watchdog shows, without points. */
export const METRICS = {
  alert: ['troupe.alert', 'One for each alert that fires.', ''],
  flowsStalled: ['troupe.flows.stalled', 'Flows that do not go on, by the step that should act.', '{flow}'],
  lettersOpen: ['troupe.dead_letters.open', 'Dead letters that nobody has dealt with.', '{message}'],
  waiting: ['troupe.step.waiting', 'Messages that were not handed to a step yet.', '{message}'],
  inFlight: ['troupe.step.in_flight', 'Messages that a step has and has not answered.', '{message}'],
  instances: ['troupe.step.instances', 'Instances of an app that answer.', '{instance}'],
  streamBytes: ['troupe.stream.bytes', 'What a stream holds.', 'By'],
  streamMaxBytes: ['troupe.stream.max_bytes', 'What a stream takes before it refuses.', 'By'],
  behind: ['troupe.ledger.behind', 'How far the ledger is behind the streams.', 's'],
  age: ['troupe.watchdog.age', 'How long ago the watchdog looked.', 's'],
  untold: ['troupe.webhook.untold', 'Changes that the webhook has not taken yet.', '{message}'],
  webhook: ['troupe.webhook.messages', 'Messages to the webhook, by how they ended.', '{message}'],
} as const;

/** All metrics, those without a point too. */
export function metricsOf(readings: Readings): Metric[] {
  const points = pointsOf(readings);
  return Object.entries(METRICS).map(([key, [name, description, unit]]): Metric => {
    const known = points[key as keyof typeof METRICS].map(([value, attributes]) => ({ value, attributes }));
    const kind = key === 'webhook' ? 'counter' : 'gauge';
    return { name, description, unit, kind, points: known };
  });
}

type Labels = Readonly<Record<string, string>>;
type Point = readonly [value: number, attributes: Labels];

function pointsOf(readings: Readings): Record<keyof typeof METRICS, Point[]> {
  const { firing, steps, stalls, letters, streams, behindMs, agesMs, untold, webhook } = readings;
  const ofSteps = (value: (step: StepView) => number | undefined): Point[] =>
    steps.flatMap((step): Point[] => {
      const count = value(step);
      return count === undefined ? [] : [[count, labels(step.app, step.step)]];
    });
  const sum = ({ queues }: StepView, count: 'waiting' | 'inFlight'): number =>
    queues.reduce((all, queue) => all + queue[count], 0);
  return {
    alert: firing.map(({ id, kind, app, step, sources }) => [
      1,
      {
        'troupe.kind': kind,
        'troupe.alert': id,
        ...labels(app, step),
        'troupe.sources': (sources ?? []).join(', '),
      },
    ]),
    flowsStalled: stalls.map(({ cause, app, step, type, flows }) => [
      flows,
      { 'troupe.cause': cause, 'troupe.type': type, ...labels(app, step) },
    ]),
    lettersOpen: letters.map(({ app, step, reason, fingerprint, count }) => [
      count,
      { 'troupe.reason': reason, 'troupe.fingerprint': fingerprint, ...labels(app, step) },
    ]),
    waiting: ofSteps((step) => sum(step, 'waiting')),
    inFlight: ofSteps((step) => sum(step, 'inFlight')),
    instances: ofSteps(({ instances }) => instances),
    streamBytes: streams.map(({ stream, bytes }) => [bytes, { 'troupe.stream': stream }]),
    streamMaxBytes: streams.map(({ stream, maxBytes }) => [maxBytes, { 'troupe.stream': stream }]),
    behind: [[behindMs / 1_000, {}]],
    age: Object.entries(agesMs).map(([look, ms]) => [ms / 1_000, { 'troupe.look': look }]),
    untold: untold === undefined ? [] : [[untold, {}]],
    webhook: Object.entries(webhook).map(([outcome, count]) => [count, { 'troupe.outcome': outcome }]),
  };
}

/** As the step's own metrics have them: the step without its app. */
function labels(app: string | undefined, step: string | undefined): Labels {
  if (app === undefined || step === undefined) return {};
  return { 'troupe.app': app, 'troupe.step': step.replace(`${app}__`, '') };
}
