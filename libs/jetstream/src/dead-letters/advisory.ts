import type { NatsConnection } from '@nats-io/transport-node';
import { decodeMessage } from '@troupe/contract';
import type { Original } from '../consume/copy.ts';
import { deadLetter } from '../consume/dead-letter.ts';
import { headerBlockOf, headerEntries, headerValue } from '../consume/header-block.ts';
import { copyId } from '../ids.ts';
import type { Names } from '../naming.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import { MaxDeliveriesError } from './errors.ts';

/** What the broker says of a message that a consumer gave up. */
export interface Advisory {
  readonly stream: string;
  readonly consumer: string;
  readonly stream_seq: number;
  readonly deliveries: number;
  readonly timestamp: string;
}

/** Who failed, when a consumer's name is not of the form `<app>__<step>`. */
const FOREIGN_APP = 'foreign';

/** The message as stored, whatever its headers are; undefined when its stream no longer has it. */
export async function originalOf(
  client: NatsConnection,
  { stream, consumer, stream_seq, deliveries }: Advisory,
): Promise<Original | undefined> {
  const request = JSON.stringify({ seq: stream_seq });
  const answer = await client.request(`$JS.API.DIRECT.GET.${stream}`, request, {
    timeout: 5_000,
  });
  const block = headerBlockOf(answer);
  const subject = headerValue(block, 'Nats-Subject');
  if (subject === undefined) {
    if (/^NATS\/1\.0 404/.test(block)) return undefined;
    throw new Error(`Stream ${stream} does not hand out message ${stream_seq}: ${block.split('\r\n')[0]}`);
  }
  return {
    subject,
    payload: answer.data,
    info: {
      stream,
      consumer,
      deliveries,
      seq: stream_seq,
      publishedAt: Date.parse(headerValue(block, 'Nats-Time-Stamp') ?? ''),
    },
    headers: () => headerEntries(block),
    carried: () => undefined,
  };
}

/** The full copy for the stream of dead letters. */
export function sweptCopy(advisory: Advisory, original: Original, names: Names): OutgoingMessage {
  const { consumer, deliveries } = advisory;
  const context = {
    ...consumerOwner(consumer),
    version: '',
    reason: 'max-deliveries',
    error: new MaxDeliveriesError(consumer, deliveries),
    attempts: deliveries,
    type: typeOf(original),
  } as const;
  return deadLetter(original, context, names);
}

/** The message id of the copy, as of every dead letter: stream, consumer, sequence, redrives. */
export function sweptId({
  stream,
  consumer,
  stream_seq,
}: Pick<Advisory, 'stream' | 'consumer' | 'stream_seq'>): string {
  return copyId(stream, consumer, stream_seq, 0);
}

/** Whose consumer it is, by the platform's names where it keeps to them; else of the app `foreign`. */
export function consumerOwner(consumer: string): { app: string; step: string } {
  const [, app, step] = /^([a-z][a-z0-9-]*)__([a-z][a-z0-9-]*)(?:__.*)?$/.exec(consumer) ?? [];
  return app === undefined || step === undefined ? { app: FOREIGN_APP, step: consumer } : { app, step };
}

function typeOf(original: Original): string | undefined {
  try {
    return decodeMessage(original.headers(), original.payload).event.type;
  } catch {
    return undefined;
  }
}
