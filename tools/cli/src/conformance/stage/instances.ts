import type { NatsConnection } from '@nats-io/transport-node';
import { PREFIX_KEY } from '@troupe/jetstream';

/** What an instance answers, as far as all answers have it. */
export interface InstanceAnswer {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly id?: unknown;
  readonly version?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly endpoints?: unknown;
  readonly started?: unknown;
}

/** How long after an answer another may come, in ms. */
const APART_MS = 300;

/** Answers of all instances of an environment to a question; where nobody listens, none at once. */
export async function ask(
  client: NatsConnection,
  subject: string,
  prefix: string,
  withinMs = 5_000,
): Promise<InstanceAnswer[]> {
  const answers: InstanceAnswer[] = [];
  try {
    const options = { strategy: 'stall', maxWait: withinMs, stall: APART_MS } as const;
    for await (const reply of await client.requestMany(subject, undefined, options))
      answers.push(reply.json<InstanceAnswer>());
  } catch {
    return answers; // nobody is there, or what came is no JSON
  }
  return answers.filter(({ metadata }) => (metadata?.[PREFIX_KEY] ?? '') === prefix);
}
