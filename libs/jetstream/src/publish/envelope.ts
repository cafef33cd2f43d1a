import { type CompiledContract, ContractViolationError, encodeAttribute } from '@troupe/contract';
import { MessageTooLargeError } from '../errors.ts';
import { copiedMessageId, messageId } from '../ids.ts';
import type { TraceHeaders } from '../instrumentation.ts';
import { laneOf } from '../lane.ts';
import type { Names } from '../naming.ts';
import type { OutgoingMessage } from './message.ts';

/** Who sends, and the limits of the stream that takes it. */
export interface Sender {
  readonly names: Names;
  /** Version of the sending app, on the wire as `appversion`. */
  readonly version: string;
  /** CloudEvents `source`: `/<app>` for a producer, `/<app>/<step>` for a step. Never contains a version. */
  readonly source: string;
  /** Lane count of the stream. */
  readonly lanes: number;
  /** Largest message that the stream takes, headers included, in bytes. */
  readonly maxMessageSize: number;
}

/** One step as the only recipient, instead of all that consume a contract. */
export interface Mailbox {
  readonly app: string;
  /** Name of the step in its app. */
  readonly step: string;
}

/** What differs from message to message. */
export interface EnvelopeFields {
  readonly id: string;
  readonly flowId: string;
  readonly causationId?: string | undefined;
  readonly parentFlowId?: string | undefined;
  readonly data: object;
  /** When it arrives; only of an envelope with a `Mailbox`. Default: at once. */
  readonly at?: Date | undefined;
  /** RFC 3339. Default: now. */
  readonly time?: string | undefined;
  /** Its data was checked when it was decided. Default false. */
  readonly isChecked?: boolean;
  /** Ids of the other majors that the same fact is sent as. Default: none. */
  readonly alsoSentAs?: readonly string[];
  /** It is one of those, and not the newest. Default false. */
  readonly isCopy?: boolean;
  /** How many of those are older. Default 0. */
  readonly turn?: number;
}

/** A message that is checked and serialised; only its trace headers are open. */
export interface SealedMessage {
  readonly contract: CompiledContract<object>;
  readonly id: string;
  readonly flowId: string;
  readonly time: string;
  readonly data: object;
  readonly subject: string;
  readonly size: number;
  /** It is sent when the older majors of the same fact, as many as this says, are stored. */
  readonly turn: number;
  /** Completes the header block. `trace` is what telemetry wants the next step to see. */
  send(trace: TraceHeaders): OutgoingMessage;
}

/** Writes one contract's messages for one sender: CloudEvents binary mode, everything constant built once. */
export class Envelope {
  readonly contract: CompiledContract<object>;
  readonly #sender: Sender;
  readonly #mailbox: Mailbox | undefined;
  readonly #subject: string;
  readonly #constant: string;

  /** @param mailbox the one step that gets the messages. Default: all that consume the contract */
  constructor(contract: CompiledContract<object>, sender: Sender, mailbox?: Mailbox) {
    this.contract = contract;
    this.#sender = sender;
    this.#mailbox = mailbox;
    const { names } = sender;
    this.#subject =
      mailbox === undefined
        ? names.contractSubject(contract)
        : names.redriveSubject(mailbox.app, mailbox.step);
    this.#constant =
      'NATS/1.0\r\nce-specversion: 1.0' +
      line('ce-type', contract.id) +
      line('ce-source', sender.source) +
      line('ce-datacontenttype', 'application/json') +
      line('ce-dataschema', contract.dataschema) +
      line('ce-appversion', sender.version);
  }

  /** Throws `ContractViolationError` or `MessageTooLargeError`: nothing of a message that fails is sent. */
  seal(fields: EnvelopeFields): SealedMessage {
    const { contract } = this;
    const { id, flowId, data, isChecked = false, alsoSentAs, isCopy = false, turn = 0 } = fields;
    const violations = isChecked ? [] : contract.violationsOfProduced(data);
    if (violations.length > 0) throw new ContractViolationError(contract.id, violations);
    const partitionKey =
      contract.partitionKey === undefined ? flowId : partitionKeyOf(data, contract.partitionKey) || flowId;
    const target = `${this.#subject}.${laneOf(partitionKey, this.#sender.lanes)}`;
    const time = fields.time ?? new Date().toISOString();
    const payload = Buffer.from(JSON.stringify(data));
    const { source } = this.#sender;
    const msgId = isCopy ? copiedMessageId(source, id, contract.id) : messageId(source, id);
    let head = `${this.#constant}${line('ce-id', id)}\r\nce-time: ${time}${line('ce-correlationid', flowId)}`;
    if (partitionKey !== flowId) head += line('ce-partitionkey', partitionKey);
    if (fields.causationId !== undefined) head += line('ce-causationid', fields.causationId);
    if (fields.parentFlowId !== undefined) head += line('ce-parentflowid', fields.parentFlowId);
    if (alsoSentAs !== undefined) head += line('ce-alsosentas', alsoSentAs.join(','));
    head += `\r\nNats-Msg-Id: ${msgId}`;
    let subject = target;
    if (fields.at !== undefined && this.#mailbox !== undefined) {
      subject = this.#sender.names.scheduleSubject(this.#mailbox.app, msgId);
      head += `\r\nNats-Schedule: @at ${fields.at.toISOString()}\r\nNats-Schedule-Target: ${target}`;
    }
    const { maxMessageSize } = this.#sender;

    let sent: { readonly trace: TraceHeaders; readonly message: OutgoingMessage } | undefined;
    const send = (trace: TraceHeaders): OutgoingMessage => {
      // Effects keep a message before it is sent, most often with the same trace.
      if (sent !== undefined && isSame(sent.trace, trace)) return sent.message;
      let text = head;
      if (fits(trace.traceparent, TRACEPARENT)) text += `\r\ntraceparent: ${trace.traceparent}`;
      if (fits(trace.tracestate, TRACESTATE)) text += `\r\ntracestate: ${trace.tracestate}`;
      const headers = Buffer.from(`${text}\r\n\r\n`);
      sent = { trace, message: { subject, messageId: msgId, headers, payload } };
      return sent.message;
    };
    const size = head.length + TRACE_ROOM + payload.length;
    if (size > maxMessageSize) throw new MessageTooLargeError(subject, size, maxMessageSize);
    return { contract, id, flowId, time, data, subject, size: payload.length, turn, send };
  }
}

function isSame(one: TraceHeaders, other: TraceHeaders): boolean {
  return one.traceparent === other.traceparent && one.tracestate === other.tracestate;
}

function partitionKeyOf(data: object, field: string): string {
  return String((data as Record<string, unknown>)[field] ?? '');
}

/** What the trace headers may take; longer ones are left out, and what is no header text. */
const TRACEPARENT = 64;
const TRACESTATE = 512;
/** Both with their names, and the end of the header block. */
const TRACE_ROOM =
  '\r\ntraceparent: '.length + TRACEPARENT + '\r\ntracestate: '.length + TRACESTATE + '\r\n\r\n'.length;
const HEADER_TEXT = /^[ -~]+$/;

function fits(header: string | undefined, limit: number): header is string {
  return header !== undefined && header.length <= limit && HEADER_TEXT.test(header);
}

function line(name: string, value: string): string {
  return `\r\n${name}: ${encodeAttribute(value)}`;
}
