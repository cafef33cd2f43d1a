/** The trace headers of one message, as W3C Trace Context writes them. */
export interface TraceHeaders {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** What an observer may know of a message; attributes as on the wire. */
export interface ObservedMessage extends TraceHeaders {
  /** NATS subject it was published to or read from. */
  readonly subject: string;
  /** Stream that holds it; unknown for a message not yet stored. */
  readonly stream?: string | undefined;
  /** CloudEvents `type`: `order.placed.v1`; this and the next two are unknown for a message that is no CloudEvent. */
  readonly type: string | undefined;
  /** CloudEvents `id`. */
  readonly id: string | undefined;
  /** CloudEvents `correlationid`: the flow. */
  readonly flowId: string | undefined;
  /** CloudEvents `time`, RFC 3339. */
  readonly time?: string | undefined;
  /** Payload bytes. */
  readonly size: number;
  /**
   * Reads the values of the contract's business keys, by path: `{ '/orderId': 'o-1001' }`. Of what begins a trace: a
   * message that is sent outside of steps, or delivered again. To be called at once, by who wants them.
   */
  readonly businessKeys?: (() => Readonly<Record<string, string>> | undefined) | undefined;
}

/** How one delivery to a step ended. */
export type Outcome = 'done' | 'retried' | 'dead-lettered' | 'handed-back';

/** One delivery being processed by a step, as seen by an observer. */
export interface ProcessObservation {
  /** Runs the handler inside the observation's context (trace, log fields). Not called when there is nothing to handle. */
  run<T>(handler: () => T): T;
  /** Called once, when the delivery is settled. `error` is what made it retry or dead-letter. */
  end(outcome: Outcome, error?: unknown): void;
}

/** One message being sent, as seen by an observer. */
export interface SendObservation {
  /** The trace headers that the message carries. */
  readonly headers: TraceHeaders;
  /** Called once, with the error when it was not stored. */
  end(error?: unknown): void;
}

/**
 * The hook through which telemetry sees the runtime. The runtime calls it synchronously on its hot path and
 * does not catch what it throws: implementations must not throw.
 */
export interface Instrumentation {
  /** A step begins to process a message. `redelivered` is true for what is not a first, direct delivery. */
  process(step: StepName, message: ObservedMessage, redelivered: boolean): ProcessObservation;
  /** A message is about to be sent by `app`: as an output of what `cause` observes, or by a producer, anywhere. */
  send(app: string, message: ObservedMessage, cause: ProcessObservation | undefined): SendObservation;
  /**
   * A part of what a handler does is over, which has a name of its own: the transition of a state machine. Called inside
   * of the handler. Optional: an implementation without it sees the handler as a whole.
   * @param startedAt `performance.now()` when it began
   */
  part?(name: string, startedAt: number, attributes: Readonly<Record<string, string | number>>): void;
}

/** Which step of which app; `name` is the durable name `<app>__<step>`. */
export interface StepName {
  readonly app: string;
  readonly step: string;
  readonly name: string;
}

let registered: Instrumentation | undefined;

/** Makes every runtime of this process that starts from now on report to `instrumentation`. */
export function registerInstrumentation(instrumentation: Instrumentation): void {
  registered = instrumentation;
}

/** What `registerInstrumentation` was last given. */
export function registeredInstrumentation(): Instrumentation | undefined {
  return registered;
}
