import type { NatsConnection } from '@nats-io/transport-node';
import { PREFIX_KEY } from '@troupe/jetstream';
import type { Expectations, ExpectedStep } from '../model/expectation.ts';
import type { Pace } from '../projection/pace.ts';
import type { Projector } from '../projection/projector.ts';

/** A step of the environment: expected, running, or both. */
export interface StepView {
  /** `<app>__<step>` */
  readonly step: string;
  readonly app: string;
  readonly emits: readonly string[];
  readonly within: string | undefined;
  /** What it consumes, and its redrives and delayed retries last. */
  readonly queues: readonly QueueView[];
  /** Instances of its app that answered a ping; undefined when no app of the environment answered. */
  readonly instances: number | undefined;
}

/** One consumer of a step, and how its work goes. */
export interface QueueView extends Pace {
  /** Without the lane: `evt.order.placed.v1`. */
  readonly subject: string;
  /** The broker has it. */
  readonly hasConsumer: boolean;
  /** Messages that were not handed out yet, and that were and are unanswered: as of the last look. */
  readonly waiting: number;
  readonly inFlight: number;
}

/** Every step, by name. */
export function stepsOf(
  { knowledge: { expectations }, paces }: Pick<Projector, 'knowledge' | 'paces'>,
  instances: ReadonlyMap<string, number>,
  now: number,
): StepView[] {
  const queueOf = (subject: string, durable: ExpectedStep['durable']): QueueView => ({
    subject,
    hasConsumer: durable !== undefined,
    waiting: durable?.pending ?? 0,
    inFlight: durable?.unanswered ?? 0,
    ...paces.of(durable?.stream ?? '', durable?.name ?? '', now),
  });
  const steps = Map.groupBy(expectations.all(), ({ step }) => step);
  return [...steps.values()]
    .flatMap((entries) => {
      const [first] = entries;
      if (first === undefined) return [];
      const { step, app, emits, within } = first;
      const queues = entries.map(({ subject, durable }) => queueOf(subject, durable));
      return [
        {
          step,
          app,
          emits,
          within,
          queues: [...queues, ...delayedQueueOf(expectations, step, queueOf)],
          instances: instances.size === 0 ? undefined : (instances.get(app) ?? 0),
        },
      ];
    })
    .sort((a, b) => (a.step < b.step ? -1 : 1));
}

function delayedQueueOf(
  expectations: Expectations,
  step: string,
  queueOf: (subject: string, durable: ExpectedStep['durable']) => QueueView,
): QueueView[] {
  const durable = expectations.delayedOf(step);
  return durable === undefined ? [] : [queueOf(durable.subject, durable)];
}

const PING_MS = 300;
const MOST_INSTANCES = 10_000;

/** Instances of the environment that answer the NATS micro protocol within 300 ms, by the name of their service. */
export async function instancesOf(client: NatsConnection, prefix: string): Promise<Map<string, number>> {
  const instances = new Map<string, Set<string>>();
  const answers = await client.requestMany('$SRV.PING', undefined, {
    maxWait: PING_MS,
    maxMessages: MOST_INSTANCES,
    strategy: 'timer',
  });
  for await (const answer of answers) {
    try {
      const { name, id, metadata } = answer.json<Pong>();
      if (typeof name !== 'string' || typeof id !== 'string') continue;
      if ((metadata?.[PREFIX_KEY] ?? '') !== prefix) continue;
      const ids = instances.get(name) ?? new Set();
      instances.set(name, ids.add(id));
    } catch {
      // whatever it is, it is no instance
    }
  }
  return new Map([...instances].map(([name, ids]) => [name, ids.size]));
}

/** Whoever is on the broker may answer. */
interface Pong {
  readonly name?: unknown;
  readonly id?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
}
