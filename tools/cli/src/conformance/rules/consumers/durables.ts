import type { ConsumerConfig } from '@nats-io/jetstream';
import { differs, type Rule } from '../../rule.ts';
import { durableOf, type Stage } from '../../stage/stage.ts';

/** A consumer that the step has, or should have. */
export interface Durable {
  readonly stream: string;
  readonly name: string;
  readonly filter: string;
  /** Undefined when there is none. */
  readonly config: ConsumerConfig | undefined;
}

export const durables: Rule = {
  id: 'durables',
  tries: 'looks for a durable consumer of each contract, and one of the step',
  async check(stage) {
    const missing = (await durablesOf(stage)).filter(({ config }) => config === undefined);
    return missing.map(({ stream, name }) => `${stream} has no consumer ${name}`);
  },
};

export const filters: Rule = {
  id: 'filters',
  tries: 'compares the filter of each consumer',
  async check(stage) {
    return (await existing(stage)).flatMap(({ name, filter, config }) =>
      differs(`the filter of ${name}`, config.filter_subject ?? config.filter_subjects, filter),
    );
  },
};

const SETTINGS = {
  ack_policy: 'explicit',
  replay_policy: 'instant',
  ack_wait: 30_000_000_000,
  max_deliver: -1,
  max_ack_pending: 10_000,
  backoff: undefined,
  deliver_subject: undefined,
} as const satisfies Partial<Record<keyof ConsumerConfig | 'deliver_subject', unknown>>;

export const settings: Rule = {
  id: 'settings',
  tries: 'compares the settings of each consumer',
  async check(stage) {
    return (await existing(stage)).flatMap(({ name, config }) =>
      Object.entries(SETTINGS).flatMap(([setting, value]) =>
        differs(`${setting} of ${name}`, (config as unknown as Record<string, unknown>)[setting], value),
      ),
    );
  },
};

/** The consumers that wire.md says the step has, as the broker has them. */
export async function durablesOf({ subject, names, parts }: Stage): Promise<Durable[]> {
  const { app, step, name, consumes } = subject;
  const expected = [
    ...consumes.map((contract) => ({
      stream: names.events,
      name: durableOf(name, contract),
      filter: `${names.contractSubject(contract)}.*`,
    })),
    { stream: names.delayed(app), name, filter: `${names.redriveSubject(app, step)}.*` },
  ];
  return Promise.all(
    expected.map(async (one) => {
      const info = await parts.manager.consumers.info(one.stream, one.name).catch(() => undefined);
      return { ...one, config: info?.config };
    }),
  );
}

/** Those of them that are there. */
export async function existing(stage: Stage): Promise<(Durable & { readonly config: ConsumerConfig })[]> {
  const all = await durablesOf(stage);
  return all.filter((one): one is Durable & { config: ConsumerConfig } => one.config !== undefined);
}
