import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';

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
