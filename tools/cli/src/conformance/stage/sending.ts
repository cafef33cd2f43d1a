import type { JetStreamClient } from '@nats-io/jetstream';
import { type MsgHdrs, headers as newHeaders } from '@nats-io/transport-node';
import type { Names } from '@troupe/jetstream';
import { laneOf } from '../ids.ts';
import { type Message, partitionKeyOf } from '../message.ts';

/** The broker shares the machine with the step. */
const PUBLISH_MS = 30_000;

/** A message that a stream holds for the step. */
export interface Sent {
  readonly message: Message;
  readonly stream: string;
  readonly seq: number;
  readonly subject: string;
  /** What it was sent as: of a message that was changed, not what `message` has. */
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs;
}

/** How a message is put on the wire, other than as it is by itself. */
export interface Transport {
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly payload?: Uint8Array | string;
  /** Default: where messages of the contract go. */
  readonly subject?: string;
}

/** What decides on which subject a message is. */
export interface Lanes {
  readonly names: Names;
  /** Lane count of EVENTS. */
  readonly lanes: number;
}

/** Stores a message. */
export async function store(
  client: JetStreamClient,
  place: Lanes,
  message: Message,
  transport: Transport = {},
): Promise<Sent> {
  const { headers: lines = message.headers, payload = message.payload } = transport;
  const { subject = subjectOf(place, message) } = transport;
  const headers = newHeaders();
  for (const [name, value] of lines) headers.append(name, value);
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const { stream, seq } = await client.publish(subject, bytes, {
    headers,
    msgID: crypto.randomUUID(), // none is taken for another that was sent
    timeout: PUBLISH_MS,
  });
  return { message, stream, seq, subject, payload: bytes, headers };
}

/** Where messages of a contract go. */
function subjectOf({ names, lanes }: Lanes, { contract, data, flowId }: Message): string {
  const lane = laneOf(partitionKeyOf(contract, data, flowId), lanes);
  return `${names.contractSubject(contract)}.${lane}`;
}
