/** One message as the ledger knows it: all but its payload, which stays in the stream. */
export interface Message {
  /** CloudEvents `id`; `<stream>/<seq>` for a message that says none. */
  readonly id: string;
  readonly source: string;
  /** CloudEvents `type`: `order.placed.v1`. */
  readonly type: string;
  /** `correlationid`, or the message's own id when it has none: then it is a flow of its own. */
  readonly flow: string;
  /** Id of the message that caused it. */
  readonly cause: string | undefined;
  readonly stream: string;
  readonly seq: number;
  /** When the stream stored it, ms since the epoch. Messages are ordered by `seq`, never by a sender's clock. */
  readonly at: number;
  /** What the sender's clock said (`time`), ms since the epoch. */
  readonly saidAt: number | undefined;
  /** Bytes of the payload. */
  readonly size: number;
  /** Id of the trace that it was sent in, 32 hex digits, as its `traceparent` says. */
  readonly trace: string | undefined;
  /** The app that sent it, from its source; undefined for a foreign source. */
  readonly app: string | undefined;
  /** The step that emitted it, `<app>__<step>`; undefined when an app sent it outside of steps. */
  readonly emittedBy: string | undefined;
  /** It was sent to one step alone, past all others; no part of what is asked of a flow. */
  readonly direct?: true;
}

/** `/payments/authorize` says the app and the step, `/storefront` the app alone. */
export function senderOf(source: string): Pick<Message, 'app' | 'emittedBy'> {
  const [, app, step] = /^\/([a-z][a-z0-9-]*)(?:\/([a-z][a-z0-9-]*))?$/.exec(source) ?? [];
  return { app, emittedBy: app !== undefined && step !== undefined ? `${app}__${step}` : undefined };
}

/** The trace that a `traceparent` (W3C Trace Context) names; undefined when it names none. */
export function traceOf(traceparent: string | undefined): string | undefined {
  return TRACEPARENT.exec(traceparent ?? '')?.[1];
}

const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-/;

/** The major that a contract id ends with; 0 for a type that has none. */
export function majorOf(type: string): number {
  return Number(/\.v(\d+)$/.exec(type)?.[1] ?? 0);
}
