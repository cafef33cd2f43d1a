import { type Message, majorOf } from './message.ts';
import type { StoredMessage } from './record.ts';

/**
 * The message that caused one: it has the id that this one names, is older, whatever a message says, and is one that
 * the emitting step takes. A fact that is sent as several majors is several messages of one id: of those that the step
 * takes, it is the newest.
 */
export function causeOf(
  message: StoredMessage,
  byId: ReadonlyMap<string, readonly StoredMessage[]>,
  takes: (message: StoredMessage, step: string) => boolean,
): StoredMessage | undefined {
  const named = message.cause === undefined ? [] : (byId.get(message.cause) ?? []);
  const older = named.filter((cause) => isOlder(cause, message));
  const step = emitterOf(message);
  const taken = older.filter((cause) =>
    message.of === undefined ? step !== undefined && takes(cause, step) : cause.pos === message.of,
  );
  return newestOf(taken.length > 0 ? taken : older);
}

/** The step that a message comes from; an edited one comes from the step whose dead letter it was. */
export function emitterOf({ of, emittedBy, target }: StoredMessage): string | undefined {
  return of === undefined ? emittedBy : target;
}

function isOlder(cause: StoredMessage, message: StoredMessage): boolean {
  if (cause.stream === message.stream) return cause.seq < message.seq;
  return cause !== message && cause.at <= message.at;
}

/** The first stored of the newest major. */
export function newestOf<M extends Pick<Message, 'type'>>(messages: readonly M[]): M | undefined {
  return messages.reduce<M | undefined>(
    (newest, message) =>
      newest === undefined || majorOf(message.type) > majorOf(newest.type) ? message : newest,
    undefined,
  );
}
