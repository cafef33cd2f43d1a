import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { Injectable } from '@nestjs/common';
import { traceOf } from '@troupe/ledger';
import { BrokerUnavailableError, Runtime } from '@troupe/nest';
import { TraceLinks } from '../trace-links.ts';
import { type ShownBody, shownBody } from './shown-body.ts';

/** A message as its stream holds it. */
export interface StoredMessage {
  readonly stream: string;
  readonly seq: number;
  readonly subject: string;
  /** When the stream stored it, RFC 3339. */
  readonly storedAt: string;
  /** Names as they were written, and their values. */
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[];
  /** Id of the trace that it was sent in; of a copy, its original's. */
  readonly trace: string | undefined;
  /** Where that is to be seen, when a tracing tool is named. */
  readonly links: { readonly trace: string | undefined };
  /** Bytes of the payload. */
  readonly size: number;
  readonly body: ShownBody;
}

/** Reads single messages from the streams of this environment, when somebody looks. */
@Injectable()
export class StoredMessages {
  constructor(
    private readonly runtime: Runtime,
    private readonly traces: TraceLinks,
  ) {}

  /**
   * Undefined when the stream holds no such message, or is none of this environment's.
   * @throws BrokerUnavailableError
   */
  async at(stream: string, seq: number): Promise<StoredMessage | undefined> {
    if (!this.#isOurs(stream)) return undefined;
    const { connection } = this.runtime;
    connection.assertConnected();
    try {
      const manager = await jetstreamManager(connection.client, { checkAPI: false });
      const found = await manager.direct.getMessage(stream, { seq });
      if (found === null) return undefined;
      const trace = traceOf(found.header.get('traceparent'));
      return {
        stream,
        seq,
        subject: found.subject,
        storedAt: found.time.toISOString(),
        headers: [...found.header].filter(([name]) => !ANSWER.test(name)),
        trace,
        links: { trace: this.traces.to(trace) },
        size: found.data.length,
        body: shownBody(found.header, found.data),
      };
    } catch (cause) {
      if (cause instanceof JetStreamApiError) return undefined;
      throw new BrokerUnavailableError(`The stream ${stream} does not give a message now.`, { cause });
    }
  }

  #isOurs(stream: string): boolean {
    const { names } = this.runtime;
    const own: readonly string[] = [names.events, names.deadLetters, names.notices];
    return own.includes(stream) || /^[a-z][a-z0-9-]*$/.test(restOf(stream, names.delayed('')));
  }
}

function restOf(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : '';
}

/** What the broker adds to its answer. */
const ANSWER = /^nats-(stream|subject|sequence|time-stamp|num-pending|last-sequence)$/i;
