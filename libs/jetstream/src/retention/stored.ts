import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  type StoredMsg,
} from '@nats-io/jetstream';
import { StreamMissingError } from '../errors.ts';

/**
 * The first message on a subject (wildcards allowed) from a sequence on; undefined when the stream has none. The stream's
 * leader answers: a direct get may be answered by a copy that is behind.
 */
export async function firstFrom(
  manager: JetStreamManager,
  stream: string,
  seq: number,
  subject = '>',
): Promise<StoredMsg | undefined> {
  const query = { seq, next_by_subj: subject };
  return (await manager.streams.getMessage(stream, query)) ?? undefined;
}

/** Whether the stream has a message there. Its leader answers. */
export async function isStored(manager: JetStreamManager, stream: string, seq: number): Promise<boolean> {
  return (await manager.streams.getMessage(stream, { seq })) !== null;
}

/** @throws StreamMissingError when what was asked of a stream shows that the broker has none of that name */
export async function orMissing<T>(asked: Promise<T>, stream: string): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      throw new StreamMissingError(stream);
    throw error;
  }
}
