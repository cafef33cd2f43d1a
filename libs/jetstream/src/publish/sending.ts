import type {
  Instrumentation,
  ProcessObservation,
  SendObservation,
  TraceHeaders,
} from '../instrumentation.ts';
import type { DuplicateCheck } from './duplicates.ts';
import type { SealedMessage } from './envelope.ts';
import type { OutgoingMessage } from './message.ts';
import type { PubAck } from './puback.ts';
import type { Publisher } from './publisher.ts';

/** How long an output may take to be acknowledged, in ms; its input is handed back then. */
const PUBLISH_TIMEOUT_MS = 20_000;

const NO_TRACE: TraceHeaders = {};

/** What caused the messages: its trace is passed on. */
export interface Cause {
  readonly event: TraceHeaders;
  readonly observation: ProcessObservation | undefined;
}

/** Sends sealed messages, all at once but for newer majors of a fact, and tells when every one is stored. */
export class Sending {
  constructor(
    private readonly app: string,
    private readonly publisher: Publisher,
    private readonly duplicates: DuplicateCheck,
    private readonly instrumentation: Instrumentation | undefined,
  ) {}

  /**
   * `done` is called once: when all are acknowledged, or with the first error when all that were sent are answered.
   * @param turn which of the messages are due; the others follow when these are stored
   */
  all(
    cause: Cause | undefined,
    messages: readonly SealedMessage[],
    done: (error: Error | undefined) => void,
    turn = 0,
  ): void {
    const due = messages.filter((message) => message.turn === turn);
    let open = due.length;
    let failure: Error | undefined;
    for (const message of due) {
      this.one(cause, message, PUBLISH_TIMEOUT_MS, (error) => {
        failure ??= error;
        if (--open > 0) return;
        const isOver = failure !== undefined || messages.every((one) => one.turn <= turn);
        if (isOver) done(failure);
        else this.all(cause, messages, done, turn + 1);
      });
    }
  }

  /** The same for messages that are complete: stored before, by this process or another. */
  again(messages: readonly OutgoingMessage[], done: (error: Error | undefined) => void): void {
    let open = messages.length;
    let failure: Error | undefined;
    for (const message of messages) {
      this.publisher.send(message, PUBLISH_TIMEOUT_MS, (error, ack) => {
        if (ack?.duplicate === true) this.duplicates.check(message, ack);
        failure ??= error;
        if (--open === 0) done(failure);
      });
    }
  }

  one(
    cause: Cause | undefined,
    message: SealedMessage,
    timeoutMs: number,
    done: (error: Error | undefined, ack: PubAck | undefined) => void,
  ): void {
    const observation = this.#observe(cause, message);
    const outgoing = message.send(observation?.headers ?? cause?.event ?? NO_TRACE);
    this.publisher.send(outgoing, timeoutMs, (error, ack) => {
      if (ack?.duplicate === true) this.duplicates.check(outgoing, ack);
      observation?.end(error);
      done(error, ack);
    });
  }

  /** Of what a step sends no business key is read: what opened the flow has told them. */
  #observe(
    cause: Cause | undefined,
    { contract, id, flowId, time, data, subject, size }: SealedMessage,
  ): SendObservation | undefined {
    if (this.instrumentation === undefined) return undefined;
    const businessKeys = cause === undefined ? () => contract.businessKeysOf(data) : undefined;
    const message = { subject, type: contract.id, id, flowId, time, size, businessKeys };
    return this.instrumentation.send(this.app, message, cause?.observation);
  }
}
