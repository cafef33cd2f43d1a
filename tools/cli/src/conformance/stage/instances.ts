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

/** Answers of all instances of an environment to a question, those that come within the time. */
export async function ask(
  client: NatsConnection,
  subject: string,
  prefix: string,
  withinMs = 300,
): Promise<InstanceAnswer[]> {
  const answers: InstanceAnswer[] = [];
  const replies = await client.requestMany(subject, undefined, { maxWait: withinMs, strategy: 'timer' });
  try {
    for await (const reply of replies) answers.push(reply.json<InstanceAnswer>());
  } catch {
    return answers; // nobody is there, or what came is no JSON
  }
  return answers.filter(({ metadata }) => (metadata?.[PREFIX_KEY] ?? '') === prefix);
}
