import type { JsMsg } from '@nats-io/jetstream';
import { decodeMessage } from '@troupe/contract';
import { type Books, readInboxes } from '../evidence/books.ts';
import type { Backlog } from '../evidence/consumers.ts';
import { readDeadLetters, type StoredLetter } from '../evidence/dead-letters.ts';
import { readStream } from '../evidence/stored.ts';
import { readUnfinished } from '../evidence/unfinished.ts';
import { EVENTS } from '../faults/messages.ts';
import { persist } from '../persist.ts';
import type { AcceptedFulfilment } from './fulfilling.ts';
import { type FulfilmentStage, WORKERS } from './stage.ts';
import { readWork, type Work } from './work.ts';

/** A message of the stream, as far as the verdict needs it. */
export interface StoredMessage {
  readonly seq: number;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** The fulfilment's id, with `/carrier/1` where it is of the carrier's flow. */
  readonly flowId: string;
  /** Id of the message that it answers or follows from. */
  readonly causationId: string | undefined;
  /** What tells commands of one type apart: the line, or the pick. */
  readonly about: string;
}

/** All that a verdict is found from. */
export interface FulfilmentEvidence {
  readonly accepted: readonly AcceptedFulfilment[];
  readonly messages: readonly StoredMessage[];
  readonly letters: readonly StoredLetter[];
  /** What never got done; undefined when the broker did not say. */
  readonly left: Backlog | undefined;
  readonly books: Pick<Books, 'handled' | 'outbox'>;
  readonly work: Work;
  /** What each master status says, by fulfilment. */
  readonly statuses: ReadonlyMap<string, string>;
  /** What the ledger does not call completed, as `<flow> <state>`. */
  readonly unfinished: readonly string[];
}

export async function gather(
  stage: FulfilmentStage,
  accepted: readonly AcceptedFulfilment[],
  left: Backlog | undefined,
): Promise<FulfilmentEvidence> {
  const { brokers, databases } = stage;
  const [messages, letters, books, work] = await Promise.all([
    readStream(brokers, EVENTS, messageOf),
    readDeadLetters(brokers),
    readInboxes(databases, WORKERS),
    readWork(databases),
  ]);
  const statuses = await readStatuses(stage, accepted);
  const unfinished = await readUnfinished(stage.console, (flows) => flows.length === 0);
  return { accepted, messages, letters, left, books, work, statuses, unfinished };
}

function messageOf(message: JsMsg): StoredMessage {
  const { event, data } = decodeMessage(message.headers, message.data);
  const { id, source, type, correlationid, causationid } = event;
  const { line, pickId } = data as { line?: unknown; pickId?: unknown };
  return {
    seq: message.seq,
    id,
    source,
    type,
    flowId: String(correlationid),
    causationId: causationid,
    about: String(line ?? pickId ?? ''),
  };
}

const AT_ONCE = 16;

async function readStatuses(
  { orchestrators }: FulfilmentStage,
  accepted: readonly AcceptedFulfilment[],
): Promise<Map<string, string>> {
  const statuses = new Map<string, string>();
  const rest = accepted.map(({ id }, number) => ({ id, url: orchestrators[number % orchestrators.length] }));
  const askAll = async () => {
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      const { id, url } = next;
      statuses.set(id, await persist(() => statusOf(`${url}/fulfilments/${id}`)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askAll));
  return statuses;
}

async function statusOf(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (response.status === 404) return 'unknown';
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return ((await response.json()) as { status: string }).status;
}
