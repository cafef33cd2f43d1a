import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import type { ObservedMessage, Outcome, StepName, TraceHeaders } from '@troupe/jetstream';
import { ATTR, NATS, OPERATION, TROUPE } from '../conventions.ts';
import { destinationOf } from '../destination.ts';
import { errorType } from '../error-type.ts';
import { spanContextOf, traceHeaders } from './trace-context.ts';

/** Makes the spans of messages, as the messaging conventions have them. */
export class MessageSpans {
  constructor(private readonly tracer: Tracer) {}

  /**
   * A first delivery continues the trace of its message. Another one, which may come days later, begins a trace that
   * links to it, and can be found by the business keys of the message.
   */
  process(step: StepName, message: ObservedMessage, redelivered: boolean): ProcessSpan {
    const sent = spanContextOf(message);
    const parent =
      sent === undefined || redelivered ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, sent);
    const destination = destinationOf(message.subject);
    const span = this.tracer.startSpan(
      `${OPERATION.process} ${destination.template}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: {
          ...describe(message, OPERATION.process),
          [ATTR.consumerGroup]: step.name,
          [TROUPE.app]: step.app,
          [TROUPE.step]: step.step,
          ...(redelivered && { [TROUPE.redelivered]: true }),
          ...keysOf(message),
        },
        ...(redelivered && sent !== undefined && { links: [{ context: sent }] }),
      },
      parent,
    );
    return new ProcessSpan(span, trace.setSpan(parent, span));
  }

  /**
   * Child of the step whose output the message is; else of what runs, such as an HTTP request or a span of the app;
   * else a root. What is sent outside of steps, and so may open a flow, can be found by its business keys.
   */
  send(app: string, message: ObservedMessage, parent: Context = context.active()): SendSpan {
    const span = this.tracer.startSpan(
      `${OPERATION.send} ${destinationOf(message.subject).template}`,
      {
        kind: SpanKind.PRODUCER,
        attributes: {
          ...describe(message, OPERATION.send),
          [TROUPE.app]: app,
          ...keysOf(message),
        },
      },
      parent,
    );
    return new SendSpan(span);
  }

  /** Child of what runs. `startedAt` is in the time of `performance.now()`, which OpenTelemetry takes as it is. */
  part(name: string, startedAt: number, attributes: Attributes): void {
    this.tracer.startSpan(name, { startTime: startedAt, attributes }).end();
  }
}

/** The span of one delivery to a step. */
export class ProcessSpan {
  constructor(
    private readonly span: Span,
    /** In which the handler runs. */
    readonly context: Context,
  ) {}

  end(outcome: Outcome, error: unknown): void {
    this.span.setAttribute(TROUPE.outcome, outcome);
    endSpan(this.span, error);
  }
}

/** The span of one message that is sent. */
export class SendSpan {
  readonly headers: TraceHeaders;

  constructor(private readonly span: Span) {
    this.headers = traceHeaders(span.spanContext());
  }

  end(error: unknown): void {
    endSpan(this.span, error);
  }
}

function describe(message: ObservedMessage, operation: string): Attributes {
  const { template, lane } = destinationOf(message.subject);
  return {
    [ATTR.system]: NATS,
    [ATTR.operationName]: operation,
    [ATTR.operationType]: operation,
    [ATTR.destination]: message.subject,
    [ATTR.destinationTemplate]: template,
    ...(lane !== undefined && { [ATTR.partition]: lane }),
    [ATTR.messageId]: message.id,
    [ATTR.conversation]: message.flowId,
    [ATTR.bodySize]: message.size,
    [ATTR.eventType]: message.type,
  };
}

/** `/parcel/labelId` is `troupe.business_key.parcel.labelId`. */
function keysOf(message: ObservedMessage): Attributes {
  const attributes: Attributes = {};
  const businessKeys = message.businessKeys?.();
  for (const path in businessKeys) {
    attributes[`${TROUPE.businessKey}${path.replaceAll('/', '.')}`] = businessKeys[path];
  }
  return attributes;
}

function endSpan(span: Span, error: unknown): void {
  if (error !== undefined) {
    const exception = error instanceof Error ? error : String(error);
    span.setAttribute(ATTR_ERROR_TYPE, errorType(error));
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: typeof exception === 'string' ? exception : exception.message,
    });
    span.recordException(exception);
  }
  span.end();
}
