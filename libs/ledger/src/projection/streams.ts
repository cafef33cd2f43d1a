import { JetStreamApiCodes, JetStreamApiError, type StreamInfo } from '@nats-io/jetstream';
import type { StreamEntry } from '../store/batch.ts';
import type { Broker } from './broker.ts';

/** The streams of the environment that are there: EVENTS, the dead letters, the notices, and each app's own. */
export async function streamsOf({ manager, names }: Broker): Promise<string[]> {
  const found: string[] = [];
  const own = names.delayed('');
  const wanted = [names.events, names.deadLetters, names.notices];
  for await (const name of manager.streams.names()) {
    if (wanted.includes(name) || name.startsWith(own)) found.push(name);
  }
  return found;
}

/** What the broker says of a stream; undefined when it has none of that name. */
export function infoOf({ manager }: Broker, stream: string): Promise<StreamInfo | undefined> {
  return orUndefined(manager.streams.info(stream));
}

/** What was asked of a stream; undefined when the broker has none of that name. */
export async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      return undefined;
    throw error;
  }
}

/** Numbers of streams: the three that an environment has first, so that copies stand behind what they are copies of. */
export class StreamNumbers {
  readonly #numbers = new Map<string, number>();

  constructor({ names }: Pick<Broker, 'names'>, remembered: readonly StreamEntry[]) {
    for (const [i, name] of [names.events, names.deadLetters, names.notices].entries())
      this.#numbers.set(name, i + 1);
    for (const { name, n } of remembered) this.#numbers.set(name, n);
  }

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const n = Math.max(...this.#numbers.values()) + 1;
    this.#numbers.set(name, n);
    return n;
  }
}
