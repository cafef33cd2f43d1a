import { setTimeout as delay } from 'node:timers/promises';
import type { JetStreamManager } from '@nats-io/jetstream';
import { decodeMessage, MessageFormatError } from '@troupe/contract';
import type { Message } from '../model/message.ts';

/** All payloads that one answer gives, bytes. */
const LARGEST = 512 * 1024;
const READ_MS = 500;

/** What a message says, or why that cannot be had. */
export type Payload = { readonly data: unknown } | { readonly lack: string };

/** Reads from the streams what messages say: the index has no payloads. */
export class Payloads {
  constructor(private readonly manager: Pick<JetStreamManager, 'direct'>) {}

  /** The payloads of these messages, in their order, 512 KiB at most; within half a second, whatever the broker does. */
  async of(messages: readonly Message[]): Promise<Payload[]> {
    let size = 0;
    const over = new AbortController();
    const late = delay(READ_MS, undefined, { signal: over.signal }).catch(() => undefined);
    const reading = messages.map(async (message): Promise<Payload> => {
      size += message.size;
      if (size > LARGEST) return lacking(message, 'is too much with those before it');
      return (await Promise.race([this.#read(message), late])) ?? lacking(message, 'cannot be had now');
    });
    const payloads = await Promise.all(reading);
    over.abort();
    return payloads;
  }

  async #read(message: Message): Promise<Payload | undefined> {
    const { stream, seq, id } = message;
    try {
      const found = await this.manager.direct.getMessage(stream, { seq });
      if (found === null) return lacking(message, 'is no longer in its stream');
      const { event, data } = decodeMessage(found.header, found.data);
      return event.id === id ? { data } : lacking(message, 'is no longer in its stream');
    } catch (error) {
      return error instanceof MessageFormatError ? lacking(message, 'cannot be read') : undefined;
    }
  }
}

function lacking({ type, id }: Message, why: string): Payload {
  return { lack: `the payload of ${type} ${id} ${why}` };
}
