import { JetStreamError, type JetStreamManager } from '@nats-io/jetstream';
import { readStoredText } from './stored-text.ts';

/** What stands under a key: a record, what is wrong with it, or nothing where it was removed. */
export interface Written {
  readonly key: string;
  readonly revision: number;
  readonly read: ReturnType<typeof readStoredText> | undefined;
}

/** The broker looks through all keys anew for each page: pages are large, and bounded by their bytes. */
const PAGE = 4_096;
const PAGE_BYTES = 8 * 1024 * 1024;
const NOTHING_THERE = 404;

/**
 * What was written last under keys that match, from a sequence on, oldest first: empty when there is nothing, else the
 * broker decides how much it is. A copy of the stream may answer.
 * @param prefix of the subjects that keys are written on
 */
export async function writtenFrom(
  manager: JetStreamManager,
  { stream, prefix }: { readonly stream: string; readonly prefix: string },
  pattern: string,
  seq: number,
): Promise<Written[]> {
  const query = { seq, next_by_subj: prefix + pattern, batch: PAGE, max_bytes: PAGE_BYTES };
  const page: Written[] = [];
  try {
    for await (const message of await manager.direct.getBatch(stream, query)) {
      const { subject, data } = message;
      const read = data.length === 0 ? undefined : readStoredText(Buffer.from(data).toString());
      page.push({ key: subject.slice(prefix.length), revision: message.seq, read });
    }
  } catch (error) {
    if (!(error instanceof JetStreamError && 'code' in error && error.code === NOTHING_THERE)) throw error;
  }
  return page;
}
